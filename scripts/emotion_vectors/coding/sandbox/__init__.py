"""Running a program that a model wrote without trusting it."""
