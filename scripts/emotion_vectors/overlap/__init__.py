"""The two papers on the same model (O01-O03, O05, O07)."""
