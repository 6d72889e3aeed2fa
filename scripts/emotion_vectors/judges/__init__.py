"""What a reply does and which emotion it expresses, and how far each judge can be trusted."""
