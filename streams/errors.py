"""What ends a worker, each with a message for the person who looks after it.

StreamsError
├── CatalogError       the catalog does not come, or holds what this version can't read
├── LostLog            a source topic no longer holds what a stage has to read next
├── StateTooLarge      one envelope changes more state than a record batch holds
└── WrongPartitions    a topic has another number of partitions than the installation
"""


class StreamsError(Exception):
    """A worker can't go on; whoever restarts it should read why."""


class CatalogError(StreamsError):
    """The catalog can't be used: it does not come, or holds what this version can't read."""


class LostLog(StreamsError):
    """A source topic no longer holds what a stage has to read next."""


class StateTooLarge(StreamsError):
    """One envelope changes more state than a record batch holds."""


class WrongPartitions(StreamsError):
    """A topic has another number of partitions than the installation was made with."""
