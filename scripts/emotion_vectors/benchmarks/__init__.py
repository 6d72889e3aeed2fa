"""Speed and memory of the engine against the alternatives."""
