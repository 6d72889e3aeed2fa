"""How emotion vectors are arranged: components, clusters, depth (A06-A10)."""
