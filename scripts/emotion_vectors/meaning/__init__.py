"""What emotion vectors encode and how they are arranged (A01-A10, S05)."""
