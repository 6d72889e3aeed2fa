"""Results in words: README, macros of the paper, run times."""
