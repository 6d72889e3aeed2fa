"""Emotion vectors and emotion circuits in open language models: measurement, judgement and report.

Packages stand on floors, and a module imports its own package and lower floors only; tests/workflow/test_layers.py holds the order.
"""
