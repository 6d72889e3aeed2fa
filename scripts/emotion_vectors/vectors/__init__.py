"""Emotion vectors: story activations as cells of topics and emotions, and the directions made of them (section 1.1 of A)."""
