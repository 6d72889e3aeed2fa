"""Vectors for other tools, and vectors of other tools: one form in memory, and files of several kinds that hold it."""
