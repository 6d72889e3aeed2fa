"""How large the made-up activations of these tests are."""

TOPICS, EMOTIONS, LAYERS, WIDTH = 6, 5, 3, 16
NAMES = ["afraid", "angry", "calm", "happy", "sad"]
