"""A case that was closed is let go: its pixels, its headers and what was built of them."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

from tests.journey.conftest import Desk, Sit
from workstation.domain.study import DisplaySet, Study
from workstation.imaging.volume import Volume
from workstation.phantoms import write_all
from workstation.ui.hands import NotSeen
from workstation.ui.viewport.scene import Scene

_KINDS = (Study, DisplaySet, Volume, Scene)


def of_before() -> list[object]:
    """What other tests of this process still hold; kept, so that no other object gets its id."""
    gc.collect()
    return [each for each in gc.get_objects() if type(each) in _KINDS]


def of_cases(desk: Desk, before: list[object]) -> dict[str, int]:
    """What is in memory of the images of any case since `before`, by kind."""
    gc.collect()
    known = set(map(id, before))
    held = [each for each in gc.get_objects() if type(each) in _KINDS and id(each) not in known]
    found = {kind.__name__: sum(type(each) is kind for each in held) for kind in _KINDS}
    bench = desk.tour.bench
    return {
        **found,
        "headers": len(bench.opening.opened()),
        "slices of volumes": len(bench.frames._lent),
        "volumes": len(bench.volumes._loading),
    }


def read(desk: Desk, modality: str) -> list[weakref.ref[Any]]:
    """Open a case, cut planes, measure, leave; the arrays that were shown, held weakly."""
    tour = desk.tour
    tour.open(tour.row(lambda row: row.task.modality == modality, modality))
    tour.see_images()
    tour.hands.press("F2")
    tour.hands.press("Shift+M")
    tour.see_images()
    shown = [each.built() for each in tour.desk.room.images.grid.shown]
    arrays = [each.buffer for each in shown if each is not None and each.buffer is not None]
    arrays += [each.values for each in shown if each is not None and each.values is not None]
    for viewport in tour.desk.room.images.grid.shown:
        pane = viewport.pane
        volume = tour.bench.volumes.peek(pane.shown.identifier) if pane is not None else None
        if volume is not None:
            arrays.append(volume.voxels)
    assert arrays
    tour.desk.show_worklist()
    return [weakref.ref(each) for each in arrays]


def wait_until_gone(desk: Desk, before: list[object], nothing: dict[str, int]) -> None:
    """Wait until nothing of a case is left; what stays is named."""
    left: dict[str, int] = {}

    def gone() -> bool:
        left.update(of_cases(desk, before))
        return left == nothing

    try:
        desk.tour.hands.wait(gone, "all of it goes")
    except NotSeen:
        assert left == nothing


def test_a_closed_case_is_let_go_with_its_pixels_and_headers(tmp_path: Path, sit_down: Sit) -> None:
    before = of_before()
    write_all(tmp_path / "studies", only=("mr-brain", "dx-chest", "dx-chest-prior"))
    desk = sit_down(tmp_path / "studies")
    nothing = dict.fromkeys(of_cases(desk, before), 0)
    for modality in ("MR", "DX"):
        arrays = read(desk, modality)
        wait_until_gone(desk, before, nothing)
        gc.collect()
        assert [each() for each in arrays] == [None] * len(arrays)
