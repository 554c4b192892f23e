"""A test run that is killed leaves no server behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

RUN = "import time; from tests import bound; print(bound.start(['/bin/sleep', '60']).pid, flush=True); time.sleep(60)"


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="asked of Linux only")
def test_what_a_run_started_ends_with_it_even_when_it_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        started = int(run.stdout.readline())
        assert is_there(started)
        time.sleep(0.5)  # it became «sleep»
        run.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while is_there(started) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_there(started)
