"""Reports, selections, clinical documents and ECGs as pages in the real reading room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.dicom import make, reports, seg
from tests.dicom.test_waveforms import channel, recording
from tests.gui import room as rooms
from tests.gui.test_overlays import write
from tests.gui.test_reading_room import Open
from tests.realdata import require
from tests.workflow import images
from workstation.phantoms.requisition import one_page
from workstation.ui import theme

Picture = Callable[[QWidget, str], Path]


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Callable[..., Open]]:
    held: list[Open] = []

    def start(path: Path, study: str = "", width: int = 1400, height: int = 800) -> Open:
        store = images.Folder(path)
        made = Open(qtbot, rooms.Workbench(store), width, height)
        held.append(made)
        made.room.show_task(rooms.task(study or next(iter(store.series))))
        made.until(lambda: made.room.study is not None)
        return made

    yield start
    for each in held:
        each.bench.close(each.room)


def click(made: Open, title: str) -> None:
    """The thumbnail whose title begins so."""
    thumb = next(t for t in made.room.strip.thumbs if t.content.title.startswith(title))
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    QApplication.processEvents()


def test_a_dose_report_opens_with_its_totals(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    objects = [make.to_bytes(each) for each in (*seg.series(), reports.ct_dose())]
    made = room(write(tmp_path, *objects))
    made.pictures_there()
    click(made, "S9")
    page = made.room.page
    assert page.isVisible()
    assert page.title.text() == "X-Ray Radiation Dose Report"
    words = page.text.toPlainText()
    assert words.index("595.6 mGy.cm") < words.index("The whole report")
    assert "12.5 mGy" in words
    picture(made.room, "page-dose")


def test_a_selection_goes_to_its_images_and_says_which_are_not_here(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    ct = seg.series()
    held = reports.key_objects(ct[2].SOPInstanceUID, ct[7].SOPInstanceUID, "2.25.404")
    made = room(write(tmp_path, *(make.to_bytes(each) for each in (*ct, held))))
    made.pictures_there()
    click(made, "S9")
    page = made.room.page
    words = page.text.toPlainText()
    assert "Screw near the canal" in words
    assert "CT, image 3" in words
    assert "CT, image 8" in words
    assert "image not here" in words
    picture(made.room, "page-selection")
    page.text.anchorClicked.emit(QUrl(f"frame:{ct[7].SOPInstanceUID}/1"))
    made.until(lambda: made.room.images.isVisible())
    pane, view = made.active.pane, made.active.view
    assert pane is not None
    assert pane.shown.frames[view.frame_index].key.sop_instance_uid == ct[7].SOPInstanceUID


def test_words_of_a_report_are_never_markup(room: Callable[..., Open], tmp_path: Path) -> None:
    held = reports.report(
        reports.COMPREHENSIVE,
        reports.code("126000", "DCM", "Report"),
        reports.text(
            reports.code("121071", "DCM", "Finding"),
            '<img src="file:///etc/hostname"><a href="http://x.invalid">size < 5 mm</a>',
        ),
    )
    made = room(write(tmp_path, *(make.to_bytes(each) for each in (*seg.series(), held))))
    made.pictures_there()
    click(made, "S9")
    assert '<a href="http://x.invalid">size < 5 mm</a>' in made.room.page.text.toPlainText()


def test_a_clinical_document_is_read_as_text(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    narrative = (
        "<paragraph>Stable chest pain since <content>Monday</content>.</paragraph><list>"
        "<item>Aspirin 100 mg</item><item>Atorvastatin 40 mg</item></list><table><thead><tr>"
        "<th>Lab</th><th>Value</th></tr></thead><tbody><tr><td>CRP</td><td>61 mg/l</td></tr>"
        "<tr><td>Troponin</td><td>normal</td></tr></tbody></table><script>alert(1)</script>"
    )
    held = reports.cda(reports.structured(reports.section("Hospital course", narrative)))
    made = room(write(tmp_path, *(make.to_bytes(each) for each in (*seg.series(), held))))
    made.pictures_there()
    click(made, "S8")
    page = made.room.page
    made.until(lambda: "Aspirin" in page.text.toPlainText())
    assert "alert" not in page.text.toPlainText()
    assert page.title.text() == "Discharge summary"
    picture(made.room, "page-cda")
    QTest.keyClick(page.text, Qt.Key.Key_Escape)
    made.until(lambda: made.room.images.isVisible())


def test_a_damaged_clinical_document_says_so(room: Callable[..., Open], tmp_path: Path) -> None:
    held = reports.cda("<component>")
    made = room(write(tmp_path, *(make.to_bytes(each) for each in (*seg.series(), held))))
    made.pictures_there()
    click(made, "S8")
    made.until(lambda: made.room.page.card.isVisible())


def test_a_pdf_is_shown_page_by_page_and_a_damaged_one_says_so(
    room: Callable[..., Open], tmp_path: Path, picture: Picture
) -> None:
    whole = one_page("Imaging request", "Farrow", [("Reason", "Fall")], "Fell from a ladder.")
    objects = [make.to_bytes(each) for each in seg.series()]
    for number, content in ((30, whole), (31, b"%PDF-1.4 nothing")):
        held = reports.cda("")
        held.SOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
        held.SOPInstanceUID, held.SeriesInstanceUID = f"2.25.{number}", f"2.25.9{number}"
        held.SeriesNumber, held.DocumentTitle = str(number), "Request"
        held.MIMETypeOfEncapsulatedDocument = "application/pdf"
        held.EncapsulatedDocumentLength = len(content)
        held.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
        objects.append(make.to_bytes(held))
    made = room(write(tmp_path, *objects))
    made.pictures_there()
    click(made, "S30")
    page = made.room.page
    made.until(lambda: page.pdf.pageCount() == 1)
    picture(made.room, "page-pdf")

    def brightest() -> int:
        shot = page._pdf_view.viewport().grab().toImage()
        columns, rows = range(0, shot.width(), 7), range(0, shot.height(), 7)
        return max(shot.pixelColor(x, y).green() for x in columns for y in rows)

    # Paper grey, since white paper glares in a dark room.
    made.until(lambda: 100 < brightest() <= theme.color("text2").green())
    click(made, "S31")
    made.until(page.card.isVisible)


def test_an_ecg_fills_the_width_and_shows_its_last_row_after_a_resize(
    room: Callable[..., Open], tmp_path: Path
) -> None:
    made = room(write(tmp_path, make.to_bytes(recording(np.zeros((5000, 1)), channel("II")))))
    made.until(lambda: bool(made.room.strip.thumbs))
    click(made, "S7")
    paper = made.room.page.waveform.paper
    made.until(paper.isVisible)
    made.room.resize(900, 700)
    made.until(lambda: paper.minimumHeight() == paper.heightForWidth(paper.width()))
    small = paper.millimetre
    made.room.resize(1500, 700)
    made.until(lambda: paper.millimetre > small)
    assert paper.minimumHeight() == paper.heightForWidth(paper.width())


def test_a_study_of_an_ecg_alone_opens_it(room: Callable[..., Open], tmp_path: Path) -> None:
    made = room(write(tmp_path, make.to_bytes(recording(np.zeros((5000, 1)), channel("II")))))
    made.until(made.room.page.waveform.isVisible)
    QTest.keyClick(made.room.page.waveform, Qt.Key.Key_Escape)
    assert made.room.page.isVisible()


def test_an_ecg_lies_on_its_paper_with_leads_scale_and_pulse(
    room: Callable[..., Open], picture: Picture
) -> None:
    made = room(require("sr-pdf-rt-wave"), "1.3.76.13.65829.2.20130125082826.1072139.2")
    made.until(lambda: bool(made.room.strip.thumbs))
    click(made, "12-lead")
    page = made.room.page.waveform
    made.until(page.isVisible)
    assert page.scale.text().startswith("25 mm/s   10 mm/mV   0.05–300 Hz   0–10 s of 10 s")
    assert "RITMO SINUSALE" in page.said.text()
    assert "QRS Duration 75 ms" in page.measured.text()
    assert [len(row) for row in page.paper.rows] == [4, 4, 4, 1]
    picture(made.room, "page-ecg")
    QTest.keyClick(page, Qt.Key.Key_L)
    assert [row[0].channel.name for row in page.paper.rows][:4] == ["I", "II", "III", "aVR"]
    assert len(page.paper.rows) == 12
    picture(made.room, "page-ecg-all")


def test_a_millivolt_is_ten_millimetres_high_and_a_second_twenty_five_wide(
    room: Callable[..., Open], tmp_path: Path
) -> None:
    samples = np.zeros((5000, 1), np.int16)
    samples[1000:2000] = 400
    held = recording(samples, channel("II"))
    made = room(write(tmp_path, make.to_bytes(held)))
    made.until(lambda: bool(made.room.strip.thumbs))
    click(made, "S7")
    paper = made.room.page.waveform.paper
    made.until(paper.isVisible)
    step = paper.millimetre
    image = paper.grab().toImage()
    bright = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).lightness() > 190
    ]
    low = max(y for x, y in bright if x > image.width() * 0.7)
    plateau = [(x, y) for x, y in bright if abs(low - y - 10 * step) < 0.5 * step]
    xs = [x for x, _ in plateau if x > 12 * step]
    assert max(xs) - min(xs) == pytest.approx(2 * 25 * step, abs=0.6 * step)


def test_a_long_recording_is_turned_by_keys(room: Callable[..., Open], tmp_path: Path) -> None:
    samples = np.zeros((12_500, 1), np.int16)
    made = room(write(tmp_path, make.to_bytes(recording(samples, channel("II")))))
    made.until(lambda: bool(made.room.strip.thumbs))
    click(made, "S7")
    page = made.room.page.waveform
    made.until(page.isVisible)
    for key, words in (
        (Qt.Key.Key_Right, "10–20 s of 25 s"),
        (Qt.Key.Key_Right, "20–25 s of 25 s"),
        (Qt.Key.Key_Right, "20–25 s of 25 s"),
        (Qt.Key.Key_Left, "10–20 s of 25 s"),
    ):
        QTest.keyClick(page, key)
        assert page.scale.text().endswith(words)


def test_a_real_measurement_report_is_readable(room: Callable[..., Open], picture: Picture) -> None:
    made = room(require("sr-tid1500-petseg"))
    made.until(lambda: bool(made.room.strip.thumbs))
    click(made, "S17")
    made.until(lambda: made.room.page.isVisible())
    assert "Neoplasm, Primary" in made.room.page.text.toPlainText()
    picture(made.room, "page-tid1500")
