"""Errors whose message is all that a user needs."""


class MendableError(Exception):
    """Its message says all that is needed to mend its cause, which lies in files of the user's: a step says it without a traceback."""


class ArtefactError(MendableError, ValueError):
    """An artefact cannot be read or written as a whole."""
