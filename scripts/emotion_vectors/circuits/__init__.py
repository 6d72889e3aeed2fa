"""Directions of emotions in prompts, and the heads and neurons that write them (W01, W07, W09, W10)."""
