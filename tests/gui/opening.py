"""Objects into a reading room, as a test of what is on its viewports wants them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pytestqt.qtbot import QtBot

from tests.dicom import make
from tests.gui import room as rooms
from tests.gui.test_reading_room import Open
from tests.workflow import images


class Opener:
    """Opens reading rooms with the pictures there; the fixture closes them."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        self._qtbot, self._path = qtbot, path
        self._held: list[Open] = []

    def files(self, *objects: Dataset | bytes, modality: str = "CT") -> Open:
        """The study of these objects."""
        for index, each in enumerate(objects):
            data = each if isinstance(each, bytes) else make.to_bytes(each)
            (self._path / f"{index}.dcm").write_bytes(data)
        return self.folder(self._path, modality=modality)

    def folder(self, path: Path, uid: str = "", modality: str = "CT") -> Open:
        """A study of a folder, the first where none is named."""
        store = images.Folder(path)
        made = Open(self._qtbot, rooms.Workbench(store), 1200, 760)
        self._held.append(made)
        made.room.show_task(rooms.task(uid or next(iter(store.series)), modality=modality))
        made.pictures_there()
        return made

    def close(self) -> None:
        """Close what was opened."""
        for each in self._held:
            each.bench.close(each.room)


@pytest.fixture
def opener(qtbot: QtBot, tmp_path: Path) -> Iterator[Opener]:
    """Opens objects in a reading room of 1200 by 760."""
    made = Opener(qtbot, tmp_path)
    yield made
    made.close()
