"""Emotion in written replies under prompts, steering and circuits (W02, W03, W08, O04)."""
