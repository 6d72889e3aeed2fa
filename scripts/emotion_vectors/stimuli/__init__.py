"""Texts of the study as typed tables, and the configuration."""
