"""The one kind of failure a person can act on: what happened, where, and what to do."""


class StackError(Exception):
    """Says in its message what is wrong with this machine or stack and what to do about it."""
