"""Runs the command line: `python -m emotion_vectors --help`."""

import sys

from emotion_vectors.commands.entry import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
