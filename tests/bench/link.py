"""A study over 10 Mbit/s and 80 ms, as ratios to what the link itself allows."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench import holds
from tests.services.orthanc import free_port
from tests.services.scripted import STUDY, Scripted, part10, running
from tests.workflow.test_retrieving import MemoryStore
from tests.workflow.waiting import until
from workstation.domain.study import RetrievalState
from workstation.services.endpoint import Endpoint
from workstation.services.service import ReadingService
from workstation.workflow.retrieving import Retrieving

PROXY = Path(__file__).resolve().parents[2].parent / "shared" / "tools" / "linkproxy.py"
RATE, RTT = 10e6, 0.08
IMAGES, SIZE = 60, 200_000


@contextmanager
def slow_site() -> Iterator[str]:
    """The DICOMweb root of a study behind the slow link."""
    held = {f"1.5.{n}": part10(f"1.5.{n}", os.urandom(SIZE)) for n in range(1, IMAGES + 1)}
    with running(Scripted(series={"1.5": held})) as site:
        port, control = free_port(), free_port()
        target = site.url.removeprefix("http://").split("/")[0]
        words = ["--listen", str(port), "--to", target, "--rate", "10M", "--rtt", "80"]
        proxy = subprocess.Popen(
            [sys.executable, str(PROXY), *words, "--control", str(control)],
            stdout=subprocess.DEVNULL,
        )
        try:
            until(lambda: _answers(control))
            yield f"http://127.0.0.1:{port}/dicom-web"
        finally:
            proxy.terminate()
            proxy.wait(10)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/stats", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def main() -> int:
    """Print both ratios; 1 where one does not hold."""
    if not PROXY.exists():
        print("The link emulator is not here: shared/tools/linkproxy.py beside the checkout.")
        return 1
    store, first = MemoryStore(), threading.Event()
    with slow_site() as address:
        service = ReadingService(Endpoint("slow", "Slow site", address))
        retrieving = Retrieving([service], store)
        retrieving.listen(lambda _study: first.set() if store.uids(STUDY) else None)
        try:
            began = time.monotonic()
            retrieving.start("slow", STUDY, urgent=True)
            first.wait(30)
            first_seconds = time.monotonic() - began
            until(lambda: retrieving.progress(STUDY).state is RetrievalState.COMPLETE, 60)  # type: ignore[union-attr]
            all_seconds = time.monotonic() - began
        finally:
            retrieving.stop()
            service.close()
    first_ratio = first_seconds / (4 * RTT + SIZE * 8 / RATE)
    all_ratio = all_seconds / (IMAGES * SIZE * 8 / RATE)
    print(f"first image {first_ratio:.2f} (hold 1.5), whole study {all_ratio:.3f} (hold 1.1)")
    first_held = holds.note("first image", first_ratio)
    return 0 if holds.note("whole study", all_ratio) and first_held else 1


if __name__ == "__main__":
    raise SystemExit(main())
