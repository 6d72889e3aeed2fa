"""One text, one prompt or one item tried with a handful of vectors: readings, steered replies, log-odds."""
