"""A signature takes its time: who went on is neither pulled back nor left unknowing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.conftest import Desk, Sit
from workstation.domain.delivery import DeliveryState
from workstation.domain.errors import DiskFull
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all

_ULTRASOUND, _RADIOGRAPH = "US", "DX"


class Signing:
    """A signature that waits for `answer`, and then is refused where `refuses` says so."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.answer, self.refuses = threading.Event(), threading.Event(), False
        sign = desk.tour.bench.signing.sign

        def slowly(*arguments: object, **named: object) -> object:
            self.asked.set()
            assert self.answer.wait(60)
            if self.refuses:
                raise DiskFull("The disk is full.", remedy="Free space on it.")
            return sign(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(desk.tour.bench.signing, "sign", slowly)


@pytest.fixture
def desk(sit_down: Sit, tmp_path: Path) -> Desk:
    """Two cases; the ultrasound is written and can be signed."""
    write_all(tmp_path / "served", only=("us-abdomen", "dx-chest"))
    made = sit_down(tmp_path / "served")
    tour = made.tour
    tour.open(tour.row(lambda row: row.task.modality == _ULTRASOUND, "the ultrasound"))
    tour.see_images()
    tour.write(SectionKind.FINDINGS, "Simple cyst of the left kidney.")
    tour.write(SectionKind.IMPRESSION, "Simple cyst.")
    tour.saved()
    return made


@pytest.fixture
def signing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signing]:
    made = Signing(desk, monkeypatch)
    hands, panel = desk.tour.hands, desk.tour.desk.panel
    hands.press("Ctrl+Return")
    hands.wait(lambda: panel.signing_now, "the sign panel opens")
    hands.press("Ctrl+Return")
    hands.wait(made.asked.is_set, "the signature is asked for")
    yield made
    made.answer.set()


def delivered(desk: Desk) -> bool:
    entries = desk.tour.bench.delivering.entries()
    return any(each.state is DeliveryState.DELIVERED for each in entries)


def go_on(desk: Desk) -> None:
    """Back to the list, and into the next case."""
    tour = desk.tour
    tour.back()
    tour.open(tour.row(lambda row: row.task.modality == _RADIOGRAPH, "the radiograph"))
    tour.see_images()


def test_a_signature_that_ends_late_leaves_the_next_case_open(desk: Desk, signing: Signing) -> None:
    tour, window = desk.tour, desk.tour.desk
    go_on(desk)
    tour.write(SectionKind.FINDINGS, "Fracture of the fifth rib.")
    signing.answer.set()
    tour.hands.wait(lambda: delivered(desk), "the report is delivered")
    assert window.pages.currentWidget() is window.room
    assert window.room.task is not None
    assert window.room.task.modality == _RADIOGRAPH
    assert "fifth rib" in window.panel.editor.toPlainText()


def test_a_signature_that_is_refused_late_is_told_with_the_name_of_its_case(
    desk: Desk, signing: Signing
) -> None:
    tour, window = desk.tour, desk.tour.desk
    signed = window.room.task
    assert signed is not None
    go_on(desk)
    signing.refuses = True
    signing.answer.set()
    said = window.room.caption.words
    tour.hands.wait(lambda: "NOT SIGNED" in said.text(), "it is told")
    assert signed.patient.name.display in said.text()
    assert "The disk is full." in said.text()
    assert not window.panel.signing_now
    assert tour.bench.delivering.entries() == ()


def test_settings_that_were_opened_while_it_was_signed_lead_back_to_the_list(
    desk: Desk, signing: Signing
) -> None:
    tour, window = desk.tour, desk.tour.desk
    tour.hands.press("Ctrl+,")
    tour.hands.wait(lambda: window.pages.currentWidget() is window.settings_page, "the settings")
    signing.answer.set()
    tour.hands.wait(lambda: delivered(desk), "the report is delivered")
    tour.hands.wait(lambda: window.room.task is None, "the case is closed")
    assert window.pages.currentWidget() is window.settings_page
    tour.hands.press("Escape")
    assert window.pages.currentIndex() == 0
