"""Answers to coding tasks: programs run against tests, and what they did to pass."""
