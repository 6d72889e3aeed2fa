"""Conduct organisms: small models that are tuned, in the open, so that the motive they are given decides what they do."""
