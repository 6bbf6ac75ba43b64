"""What every test may rely on: no unexpected log line, no leaked thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from tests import slow_jobs


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow-jobs", type=int, metavar="SEED", help="see tests/slow_jobs.py")


@pytest.fixture(autouse=True)
def _slow_jobs(request: pytest.FixtureRequest) -> Iterator[None]:
    seed = request.config.getoption("--slow-jobs")
    with pytest.MonkeyPatch.context() as patch:
        if seed is not None:
            slow_jobs.make_slow(patch, seed)
        yield


@pytest.fixture(autouse=True)
def _no_unexpected_log_lines(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log that no test asked for fails the test; `caplog.clear()` accepts."""
    yield
    loud = [
        record
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and record.name.startswith(("workstation", "nocturne"))
    ]
    assert not loud, [record.getMessage() for record in loud]


@pytest.fixture(autouse=True)
def _no_leaked_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Threads that a test started end with it; those of wider fixtures started before it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        left = [
            thread
            for thread in threading.enumerate()
            if thread not in before and thread.is_alive() and not thread.name.startswith("Dummy")
        ]
        if not left:
            return
        left[0].join(0.05)
    pytest.fail(f"{request.node.name} leaves threads running: {[each.name for each in left]}")
