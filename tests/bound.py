"""A child process that ends with the one that started it, however that one ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


def start(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: IO[bytes] | None = None,
    own_group: bool = False,
) -> "subprocess.Popen[bytes]":
    """Start a command that is asked to end (SIGTERM) when the test run is killed; ``log`` takes all it says."""
    mine = [sys.executable, __file__, str(os.getpid()), *command]
    return subprocess.Popen(mine, cwd=cwd, env=env, stdout=log, stderr=log, start_new_session=own_group)


def become(parent: int, command: list[str]) -> None:
    """Bind this process to its parent and go on as the command: what is asked of Linux survives the change."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before we could ask
            sys.exit(1)
    os.execv(command[0], command)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
