"""Effects with interval and null, resampling, agreement."""
