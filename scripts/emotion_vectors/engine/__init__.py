"""Reading and changing activations: capture, edits, replay, gradients, sampling."""
