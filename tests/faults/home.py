"""A home folder with its real stores, and the small things that fault tests type and read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workstation.domain.errors import ReaderError
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report, Section, SectionKind
from workstation.storage.database import Database
from workstation.storage.journal import Drafts, Leases, SeenTasks
from workstation.storage.outbox import Outbox
from workstation.storage.study_store import StudyStore
from workstation.storage.vault import OpenVault
from workstation.workflow.templates import Templates

READER = Reader("VIDAL", PersonName("Vidal^Anna"))
OTHER = Reader("OSEI", PersonName("Osei^Ben"))

GENERAL = """
title = "General"
required = ["impression"]
[sections]
findings = "[findings]"
"""


@dataclass
class Home:
    """What one workstation keeps on its disk."""

    database: Database
    store: StudyStore
    drafts: Drafts
    leases: Leases
    seen: SeenTasks
    outbox: Outbox


@contextmanager
def home_at(folder: Path, name: str = "home.sqlite") -> Iterator[Home]:
    """Open the home folder, a new one or that of a process that was killed."""
    folder.mkdir(parents=True, exist_ok=True)
    database, vault = Database(folder / name), OpenVault()
    try:
        yield Home(
            database,
            StudyStore(folder / "studies", database, vault),
            Drafts(database, vault),
            Leases(database),
            SeenTasks(database, vault),
            Outbox(database, vault),
        )
    finally:
        database.close()


def templates_at(folder: Path) -> Templates:
    """The one template that fits anything."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "general.toml").write_text(GENERAL, encoding="utf-8")
    return Templates(folder)


def typed(report: Report, findings: str, impression: str = "") -> tuple[Section, ...]:
    """The sections of a report with these words in them."""
    words = {SectionKind.FINDINGS: findings, SectionKind.IMPRESSION: impression}
    return tuple(Section(each.kind, words.get(each.kind) or each.text) for each in report.sections)


def task_of(study_uid: str, workitem_uid: str, service_id: str = "night") -> ReadingTask:
    """A task as the worklist gives it."""
    return ReadingTask(workitem_uid, service_id, study_uid, procedure="CT pelvis", modality="CT")


def helps(error: ReaderError) -> ReaderError:
    """The error, once it is known to say what happened and what to do."""
    assert error.happened.strip().endswith("."), error.happened
    assert error.remedy.strip().endswith("."), f"no remedy: {error.happened}"
    return error
