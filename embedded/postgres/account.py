"""The system account PostgreSQL runs as: the caller's own, or `nobody` as it refuses root."""

import ctypes
import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import StackError

UNPRIVILEGED = "nobody"
SET_KEEPCAPS, AMBIENT, AMBIENT_RAISE = 8, 47, 2  # of prctl(2)
DAC_OVERRIDE = 1  # of capabilities(7)
CAPABILITY_VERSION = 0x20080522


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group of this system; `switch` says whether it is not the caller's."""

    user_id: int
    group_id: int
    switch: bool

    @classmethod
    def current(cls) -> "Account":
        """The account to use here. Raises StackError where root has nobody to become."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switch=False)
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            entry = None
        if entry is None or not sys.platform.startswith("linux"):
            raise StackError("PostgreSQL refuses to run as root here: use an ordinary user")
        return cls(entry.pw_uid, entry.pw_gid, switch=True)

    def own(self, path: Path) -> None:
        """Gives `path` to this account."""
        if self.switch:
            os.chown(path, self.user_id, self.group_id)

    def become(self) -> None:
        """Turns this process into the account's, for good.

        Where root switches, the right to pass closed directories is kept: the checkout or the data
        may lie below one (as /root is), and opening it to everyone is not ours to do.
        """
        if not self.switch:
            return
        libc = ctypes.CDLL(None, use_errno=True)
        _checked(libc.prctl(SET_KEEPCAPS, 1, 0, 0, 0))
        os.setgroups([])
        os.setgid(self.group_id)
        os.setuid(self.user_id)
        mask = 1 << DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
        _checked(libc.capset(header, (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)))
        _checked(libc.prctl(AMBIENT, AMBIENT_RAISE, DAC_OVERRIDE, 0, 0))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"could not leave root's account: {os.strerror(number)}")
