"""Which activities a model would rather do, what emotion vectors read of that, and what they add to it (A16-A18)."""
