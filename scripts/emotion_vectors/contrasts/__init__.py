"""What differs within an event when the order names another emotion: parts that write it, and wordings that share it."""
