"""A language model and its parts: families, layers, sublayers, tokens; the sentence encoder."""
