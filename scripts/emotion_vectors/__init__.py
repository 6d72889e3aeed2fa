"""Emotion vectors and emotion circuits in open language models: measurement, judgement and report."""
