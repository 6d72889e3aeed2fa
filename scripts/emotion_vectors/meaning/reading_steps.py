"""Steps in which readings of words are kept, so that one fits into a byte; apart from what reads them, since pages need no PyTorch."""

STEP_SD = 0.05
"""Step of a reading, in standard deviations over the words: with `LARGEST_SD` a reading fits into eight bits."""
LARGEST_SD = 6.35
