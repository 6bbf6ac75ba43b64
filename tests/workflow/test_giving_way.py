"""On a full disk the images give way, the least wanted first, and never somebody's work."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.home import Home, home_at, task_of, typed
from workstation.domain.errors import DiskFull
from workstation.domain.reading_task import PriorStudy
from workstation.domain.report import Report, ReportState
from workstation.workflow.giving_way import (
    DraftsThatGetRoom,
    GivingWay,
    ImagesThatGiveWay,
    expendable,
)
from workstation.workflow.worklist_rows import RowState, ServiceState, WorklistRow

PRIOR = "1.2.9"


def row(study: str, state: RowState, priors: tuple[str, ...] = ()) -> WorklistRow:
    return WorklistRow(
        task_of(study, f"{study}.77"),
        state,
        priors=tuple(
            PriorStudy(each, datetime(2025, 5, 1, tzinfo=UTC), ("CT",), "CT", 9) for each in priors
        ),
    )


ROWS = (
    row("1.2.1", RowState.MINE),
    row("1.2.2", RowState.FREE, (PRIOR,)),
    row("1.2.3", RowState.FREE),
    row("1.2.4", RowState.DELIVERED),
    row("1.2.5", RowState.FREE),
)
HELD = ("1.2.5", "1.2.4", PRIOR, "1.2.3", "1.2.2", "1.2.1", "1.2.8")


def going(wanted: str, untouchable: set[str] | None = None, answering: str = "night") -> list[str]:
    return expendable(
        HELD, ROWS, answering={answering}, untouchable=untouchable or set(), wanted=wanted
    )


def test_reported_studies_go_first_then_priors_then_the_least_urgent() -> None:
    assert going("1.2.1") == ["1.2.4", PRIOR, "1.2.5", "1.2.3", "1.2.2"]


def test_a_study_does_not_displace_what_is_more_urgent() -> None:
    assert going("1.2.3") == ["1.2.4", PRIOR, "1.2.5"]


def test_nothing_goes_while_the_service_does_not_answer() -> None:
    assert going("1.2.1", answering="another") == []


def test_a_study_that_nobody_lists_stays() -> None:
    assert "1.2.8" not in going("1.2.1")


@given(st.sets(st.sampled_from(HELD)), st.sampled_from(HELD))
def test_what_is_worked_on_or_wanted_never_goes(untouchable: set[str], wanted: str) -> None:
    found = going(wanted, untouchable)
    assert not set(found) & (untouchable | {wanted, "1.2.1"})
    assert len(found) == len(set(found))


class Overview:
    def rows(self) -> tuple[WorklistRow, ...]:
        return ROWS

    def service_states(self) -> tuple[ServiceState, ...]:
        return (ServiceState("night", "Night site", reachable=True),)


@contextmanager
def small_disk(monkeypatch: pytest.MonkeyPatch, folder: Path, limit: int) -> Iterator[None]:
    """Writes fail with ENOSPC once the files of `folder` hold more than `limit` bytes."""
    fsync = os.fsync

    def full(file: int) -> None:
        if sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) > limit:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path / "home") as made:
        yield made


def way_of(home: Home, opened: frozenset[str] = frozenset()) -> GivingWay:
    return GivingWay(
        home.store,
        Overview,
        deliveries=home.outbox.entries,
        drafts=home.drafts.saved_times,
        opened=lambda: opened,
    )


def put(store: object, study: str, count: int) -> None:
    for number in range(count):
        store.put(study, f"{study}.1", f"{study}.1.{number}", "1.2.840", bytes(1000))  # type: ignore[attr-defined]


def test_an_arriving_study_displaces_a_reported_one_and_is_whole(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home.store, "1.2.4", 4)
    put(home.store, "1.2.1", 2)
    arriving = ImagesThatGiveWay(home.store, way_of(home))
    with small_disk(monkeypatch, tmp_path / "home" / "studies", 8000):
        put(arriving, "1.2.2", 4)
    assert home.store.count("1.2.2") == 4
    assert home.store.count("1.2.1") == 2
    assert home.store.count("1.2.4") == 0


def test_what_is_open_is_not_displaced_and_the_full_disk_is_said(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home.store, "1.2.4", 4)
    arriving = ImagesThatGiveWay(home.store, way_of(home, frozenset({"1.2.4"})))
    with (
        small_disk(monkeypatch, tmp_path / "home" / "studies", 5000),
        pytest.raises(DiskFull) as refused,
    ):
        put(arriving, "1.2.2", 4)
    assert refused.value.remedy
    assert home.store.count("1.2.4") == 4


def test_a_draft_is_kept_at_the_cost_of_images(home: Home) -> None:
    put(home.store, "1.2.4", 1)
    draft = Report("r1", "1.2.1", "1.2.1.77", state=ReportState.DRAFT)
    draft = Report(
        "r1", "1.2.1", "1.2.1.77", state=ReportState.DRAFT, sections=typed(draft, "A nodule.")
    )

    class FullUntilImagesWent:
        def __getattr__(self, name: str) -> object:
            return getattr(home.drafts, name)

        def save(self, report: Report) -> None:
            if home.store.count("1.2.4"):
                raise DiskFull("The disk is full.", remedy="Free some space.")
            home.drafts.save(report)

    DraftsThatGetRoom(FullUntilImagesWent(), way_of(home)).save(draft)  # type: ignore[arg-type]
    assert home.drafts.load("1.2.1") is not None
    assert home.store.count("1.2.4") == 0
