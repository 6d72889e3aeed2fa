"""Which emotion a text carries, by emotion vectors, beside an untrained twin and counts of words (A01, A02, S05)."""
