"""Models beside each other: differences on the same items with their intervals, and effects against size."""
