"""One static page of a finished study: verdicts, claims with their numbers and sources, items with what models make of them, replies."""
