"""What else an emotion can be read from: words, style, input embeddings, an untrained twin; and what vectors add to them."""
