"""Registered claims: their files, the evidence on them, their verdicts, and the reference that a run is held against."""
