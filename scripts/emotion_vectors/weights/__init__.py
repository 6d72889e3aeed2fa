"""From a row of the table of models to verified safetensors."""
