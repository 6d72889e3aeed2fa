"""Rules that the sets on the function of emotion vectors obey, a module for each set, and the check of a set by its name."""
