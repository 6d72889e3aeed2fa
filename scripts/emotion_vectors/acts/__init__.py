"""Conduct as a difference in differences: the same short replies where they are the act, and where they are not."""
