"""Sampled replies: their plan, steering, rates and quality."""
