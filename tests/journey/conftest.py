"""A reader at a real window: real service, real store, real keys and mouse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.collecting import (  # noqa: F401 - fixtures of every test here
    collected_in_the_qt_thread,
    nothing_left_to_collect,
)
from workstation.bootstrap.windows import Unhandled, window_on
from workstation.domain.identity import Reader
from workstation.settings import Home, Settings
from workstation.tour.demo_service import READER, DemoService, demo_service
from workstation.tour.journey import Tour


class Desk:
    """The tour's hands on one window, and the service it reads from."""

    def __init__(self, tour: Tour, demo: DemoService, defects: Unhandled) -> None:
        self.tour, self.demo, self.defects = tour, demo, defects


Sit = Callable[[Path], Desk]
SitAs = Callable[[Path, Reader], Desk]


@pytest.fixture
def sit_down(sit_down_as: SitAs) -> Sit:
    """Opens the window on a folder of studies for the demo's reader."""
    return lambda studies: sit_down_as(studies, READER)


@pytest.fixture
def sit_down_as(tmp_path: Path, qapp: QApplication) -> Iterator[SitAs]:
    """Opens the window on a folder of studies; no defect may be met until it is closed."""
    with ExitStack() as stack:
        defects = Unhandled()

        def sit(studies: Path, reader: Reader) -> Desk:
            demo = stack.enter_context(demo_service(studies, tmp_path / "home"))
            desk, bench = stack.enter_context(
                window_on(
                    demo.home, demo.settings, [demo.endpoint], reader=reader, unhandled=defects
                )
            )
            desk.resize(1600, 900)
            tour = Tour(desk, bench, None, demo.targets)
            tour.arrive()
            return Desk(tour, demo, defects)

        yield sit
    assert defects.seen == []


def subset(source: Path, target: Path, wanted: Mapping[str, int] | int) -> Path:
    """Hard links, or copies, of the files of a real study: a whole one, or its first ones."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    count = wanted if isinstance(wanted, int) else len(files)
    target.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(files[:count]):
        (target / f"{number:05d}.dcm").write_bytes(path.read_bytes())
    return target


def settings_of(home: Home) -> Settings:
    """The settings of a home folder."""
    return Settings(home.settings_file)


def truth_of(folder: Path) -> dict[str, object]:
    """The phantoms' truth."""
    held: dict[str, object] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return held
