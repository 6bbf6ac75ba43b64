"""A report panel with a draft store in memory, for the tests of what is written in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workstation.bootstrap.spelling import spelling
from workstation.domain.clock import utc_now
from workstation.domain.critical import CriticalResult
from workstation.domain.identity import Patient, PersonName, Reader, Sex, new_uid
from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import KeyImage, MeasuredValue, Measurement, MeasurementKind
from workstation.domain.peer_review import PeerReview
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report, SectionKind
from workstation.domain.study import RetrievalProgress, RetrievalState, SeriesProgress, Study
from workstation.settings import Home, Settings, resources
from workstation.storage import credentials
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.panel import ReportPanel
from workstation.workflow.calculators import all_calculators
from workstation.workflow.calculators.model import Calculator
from workstation.workflow.certifying import Certifying
from workstation.workflow.critical import CriticalResults
from workstation.workflow.dictating import Phase
from workstation.workflow.jobs import Jobs
from workstation.workflow.macros import Macros, parse
from workstation.workflow.peer_review import PeerReviews
from workstation.workflow.reporting import Reporting
from workstation.workflow.signing import Signing
from workstation.workflow.spelling.speller import Spelling
from workstation.workflow.templates import Templates


class MemoryDrafts:
    def __init__(self) -> None:
        self.held: dict[str, Report] = {}

    def save(self, report: Report) -> None:
        self.held[report.study_instance_uid] = report

    def load(self, study_uid: str) -> Report | None:
        return self.held.get(study_uid)

    def signed(self, study_uid: str) -> tuple[Report, ...]:
        return ()

    def last_document(self, study_uid: str) -> str:
        return ""

    def discard(self, study_uid: str) -> None:
        self.held.pop(study_uid, None)


class MemoryCriticals:
    def __init__(self) -> None:
        self.held: dict[str, CriticalResult] = {}

    def all(self) -> tuple[CriticalResult, ...]:
        return tuple(self.held.values())

    def save(self, result: CriticalResult) -> None:
        self.held[result.identifier] = result

    def drop(self, identifier: str) -> None:
        self.held.pop(identifier)


class MarksOfOne:
    def __init__(self) -> None:
        self.length = 17.06
        self.listeners: list[Callable[[], None]] = []

    def measurements(self) -> tuple[Measurement, ...]:
        return (
            Measurement(
                "a1",
                1,
                MeasurementKind.LENGTH,
                "s/0",
                "1.2.3",
                FrameKey("1.2.3.4"),
                "S3/173",
                ((0.0, 0.0), (1.0, 0.0)),
                MeasuredValue(self.length, "mm", CalibrationSource.PATIENT),
            ),
        )

    def key_images(self) -> tuple[KeyImage, ...]:
        return (KeyImage(FrameKey("1.2.3.4"), "1.2.840.10008.5.1.4.1.1.2", "1.2.3", "S3/173"),)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def change(self, length: float) -> None:
        self.length = length
        for listener in self.listeners:
            listener()


class Images:
    def __init__(self) -> None:
        self.shown: list[str] = []

    def show_measurement(self, identifier: str) -> None:
        self.shown.append(identifier)

    def show_key_image(self, frame: FrameKey) -> None:
        self.shown.append(frame.sop_instance_uid)

    def open_series(self, series_instance_uid: str) -> None:
        self.shown.append(series_instance_uid)

    def priors_looked_at(self) -> frozenset[str]:
        return frozenset()

    def unread_series(self) -> tuple[str, ...]:
        return ()


class NoObjects:
    def uids(self, study_uid: str) -> dict[str, str]:
        return {}

    def read(self, sop_uid: str) -> bytes:
        raise AssertionError("nothing is read in these tests")

    def manifest(self, study_uid: str) -> None:
        return None

    def signed_with(self, document_uid: str) -> tuple[()]:
        return ()

    def sign(self, report: Report, entry: object) -> None:
        raise AssertionError("nothing is signed in these tests")

    def document(self, sop_uid: str) -> tuple[str, bytes]:
        raise AssertionError("there is no document")


class NoReviews:
    def all(self) -> tuple[PeerReview, ...]:
        return ()

    def add(self, review: PeerReview) -> None:
        raise AssertionError("nothing is scored in these tests")


class Dictation:
    """What signing asks dictation."""

    def __init__(self) -> None:
        self.phase = Phase.IDLE

    def release(self) -> None:
        if self.phase is Phase.LISTENING:
            self.phase = Phase.WRITING


@dataclass
class Bench:
    reporting: Reporting
    signing: Signing
    jobs: Jobs
    spelling: Spelling
    settings: Settings = field(default_factory=Settings)
    reader: Reader = field(default_factory=lambda: Reader("R1", PersonName("Vidal^Ana")))
    clock: Callable[[], datetime] = utc_now
    opening: Any = None
    dictating: Dictation = field(default_factory=Dictation)
    calculators: tuple[Calculator, ...] = all_calculators(resources() / "calculators")
    critical: CriticalResults = field(
        default_factory=lambda: CriticalResults(MemoryCriticals(), utc_now)
    )
    certifying: Certifying = field(default_factory=lambda: Certifying(str, credentials))
    reviews: PeerReviews = field(
        default_factory=lambda: PeerReviews(NoReviews(), Reader("R1", PersonName("V^A")), utc_now)
    )


class Scene:
    def __init__(
        self, panel: ReportPanel, drafts: MemoryDrafts, images: Images, bench: Any
    ) -> None:
        self.panel, self.drafts, self.images, self.bench = panel, drafts, images, bench
        self.marks = MarksOfOne()

    @property
    def text(self) -> str:
        return self.panel.editor.toPlainText()


def task(
    name: str = "Ackermann^Lena", procedure: str = "CT chest", modality: str = "CT"
) -> ReadingTask:
    return ReadingTask(
        workitem_uid=new_uid(),
        service_id="a",
        study_instance_uid=new_uid(),
        patient=Patient("4471", PersonName(name), date(1965, 3, 2), Sex.FEMALE),
        procedure="CT chest",
        modality="CT",
        reason="Cough for 8 weeks",
        study_datetime=datetime(2026, 11, 24, 2, 51, tzinfo=UTC),
    )


def study_of(case: ReadingTask) -> Study:
    return Study(case.study_instance_uid, case.patient)


@pytest.fixture
def report_scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app)
    jobs = Jobs(lambda error: pytest.fail(repr(error)))
    drafts = MemoryDrafts()
    templates = Templates(resources() / "templates")
    macros = Macros(parse(resources() / "macros" / "macros.toml"))
    reporting = Reporting(drafts, templates, utc_now, delay_seconds=0.05, macros=macros)
    whole = RetrievalProgress(
        "1", RetrievalState.COMPLETE, (SeriesProgress("1.2.3", "", "CT", 5, 5),), verified=True
    )
    objects = NoObjects()
    signing = Signing(
        objects,
        objects,
        reporting,
        lease=lambda _: None,
        progress=lambda _: whole,
        required=lambda _: frozenset({SectionKind.IMPRESSION}),
        clock=utc_now,
    )
    bridge = JobBridge(jobs)
    images = Images()
    bench: Any = Bench(
        reporting, signing, jobs, spelling(Home.at(tmp_path), templates, macros), opening=objects
    )
    panel = ReportPanel(bench, bridge, images)
    qtbot.addWidget(panel)
    panel.resize(448, 900)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    yield Scene(panel, drafts, images, bench)
    panel.close_panel()
    bridge.close()
    reporting.close()
    jobs.close()


def opened(qtbot: QtBot, scene: Scene, case: ReadingTask) -> None:
    scene.panel.show_task(case, study_of(case), scene.marks)  # type: ignore[arg-type]
    qtbot.waitUntil(scene.panel.editor.isEnabled)
    scene.panel.editor.setFocus()


def asked(qtbot: QtBot, scene: Scene) -> None:
    """Ask to sign, and wait until what would be signed is shown."""
    with qtbot.waitSignal(scene.panel.signing.asked):
        scene.panel.ask_to_sign()
