"""One file that holds a finished study without its weights and activations, and how it is taken apart again."""
