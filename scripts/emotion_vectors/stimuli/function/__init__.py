"""Sets that ask what emotion vectors are for: content by place and time, preferences, speakers, training, framing and capability."""
