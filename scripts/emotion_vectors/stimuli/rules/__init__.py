"""What each set of stimuli must obey."""
