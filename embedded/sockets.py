"""Directories for unix sockets: private, known beforehand, and short enough for the system."""

import hashlib
import os
from pathlib import Path

from embedded.errors import StackError

# The smallest limit of a socket's path among our systems is 103 bytes; supervisord first binds
# to a longer name, with its pid.
PATH_BYTES = 103 - len(".4194304")


def socket_directory(beside: Path, file: str, user_id: int) -> Path:
    """Where a socket named `file` lives: in `beside`, or in a short place when that is too long.

    A pure function of its arguments, so that the address is known before the server starts.
    """
    if len(os.fsencode(beside / file)) <= PATH_BYTES:
        return beside
    name = hashlib.sha256(os.fsencode(beside)).hexdigest()[:12]
    return Path(f"/tmp/counterfoil-{user_id}-{name}")


def make_private(directory: Path, owners: set[int]) -> None:
    """Makes a directory that only its owner may enter, as whoever reaches the socket is trusted.

    Raises StackError when somebody else than `owners` has taken its name.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid not in owners:
        raise StackError(
            f"{directory} belongs to another user: remove it, or use another data directory"
        )
    directory.chmod(0o700)
