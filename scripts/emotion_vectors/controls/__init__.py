"""Controls: what is planted and must be found, sides of replies that are exchanged, and what of a slope is wording."""
