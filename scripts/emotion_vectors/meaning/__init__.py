"""What emotion vectors say of words and quantities, and what they do to the words that follow (A03-A05)."""
