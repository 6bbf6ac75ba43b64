"""Processor time of `nocturne` alone, from the command to a worklist with a task on it.

Each start is a process of its own on a home folder that was used before, with the byte code that an
installation has, even where the environment forbids to write it; and once more without it, as from
a bare checkout. The embedded service runs in another process and is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import holds
from tests.dicom import make

RUNS = 5

_START = """
import os, sys, time
from pathlib import Path
from workstation.cli import main
from workstation.bootstrap import windows

def usable(app):
    from workstation.ui.worklist.table import WorklistTable
    end = time.monotonic() + 60
    while time.monotonic() < end:
        app.processEvents()
        shown = [t for w in app.topLevelWidgets() for t in w.findChildren(WorklistTable)]
        if any(t.isVisible() and t.model().rowCount() for t in shown):
            app.processEvents()
            print(time.process_time(), flush=True)
            return 0
        time.sleep(0.005)
    return 1

windows.run_until_closed = usable
sys.exit(main(["--home", sys.argv[1]]))
"""


def starts(home: Path, environment: dict[str, str]) -> list[float]:
    """Processor times in order, the first start left out: it fills the caches."""
    times = []
    for _ in range(RUNS + 1):
        run = subprocess.run(
            [sys.executable, "-c", _START, str(home)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        times.append(float(run.stdout.split()[-1]))
    return sorted(times[1:])


def middle(times: list[float]) -> float:
    return times[len(times) // 2]


def main() -> int:
    """Print the processor times; 1 where the middle one does not hold."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as place:
        data, home = Path(place) / "studies", Path(place) / "home"
        data.mkdir()
        home.mkdir()
        (data / "one.dcm").write_bytes(make.to_bytes(make.image()))
        words = [sys.executable, "-m", "workstation", "serve", "--data", str(data)]
        service = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            assert service.stdout is not None
            said = service.stdout.readline()
            address = next(word.strip("().,") for word in said.split() if "http" in word)
            entry = {"id": "bench", "name": "Bench", "url": address}
            (home / "settings.json").write_text(json.dumps({"services": [entry]}))
            cached = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(place) / "code")}
            cached.pop("PYTHONDONTWRITEBYTECODE", None)
            bare = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
            warm, cold = starts(home, cached), starts(home, bare)
        finally:
            service.terminate()
            service.wait(20)
    print(f"start to a worklist, byte code not kept: {cold[0]:.2f} / {middle(cold):.2f} s")
    held = holds.note("start", middle(warm), f"{middle(cold):.2f} without byte code")
    mark = "" if held else "  NOT HELD"
    print(f"start to a worklist: {warm[0]:.2f} / {middle(warm):.2f} s of processor time{mark}")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
