"""Studies with permuted labels, one for each of many seeds: how each is run, and how often the rules let something through."""
