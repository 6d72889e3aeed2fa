"""What a chat template makes of a conversation: rendering by a fixed clock, layout of turns and reply, control tokens."""
