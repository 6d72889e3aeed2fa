"""What tuning moves a base model towards, by readings of emotion vectors before the reply (A30)."""
