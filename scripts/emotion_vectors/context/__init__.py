"""What a model keeps of an emotion in context: under negation, after another sentence, of two speakers, and behind another emotion."""
