"""Heads and neurons that carry an emotion (W01, W04-W07, W09, W10, O06)."""
