"""What is lost when emotion subspaces are taken out, and what emotional wording and pressure do without them (S01-S03, S06)."""
