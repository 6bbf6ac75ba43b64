"""The service answers at once: no answer waits for the acknowledgement of its own headers."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from tests.services.scripted import WORKITEM, workitem
from workstation.local_service.running import RunningService


def test_an_answer_does_not_wait_for_a_delayed_acknowledgement(tmp_path: Path) -> None:
    """Linux delays acknowledgements by 40 ms, and Nagle's algorithm waits for them."""
    with (
        RunningService(tmp_path / "site") as site,
        httpx.Client(trust_env=False) as client,
    ):
        site.store.workitems.create(workitem(), WORKITEM)
        seconds = []
        for _ in range(25):
            began = time.perf_counter()
            client.get(f"{site.url}/workitems/{WORKITEM}").raise_for_status()
            seconds.append(time.perf_counter() - began)
    middle = sorted(seconds)[len(seconds) // 2]
    assert middle < 0.03, f"the middle one of 25 answers took {middle * 1000:.0f} ms"
