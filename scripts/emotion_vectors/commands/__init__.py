"""The command line, `python -m emotion_vectors`: what a user asks for, from a study to the terminal."""
