"""Prefetching: what is read next is here first."""

from __future__ import annotations

from collections.abc import Callable

from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.workflow.prefetching import Prefetching, wanted
from workstation.workflow.worklist_rows import RowState, WorklistRow


def row(number: int, state: RowState = RowState.FREE, *priors: str) -> WorklistRow:
    return WorklistRow(
        ReadingTask(f"1.2.{number}", "night", f"1.3.{number}"),
        state,
        priors=tuple(PriorStudy(uid, None, (), "", 1) for uid in priors),
    )


class Screen:
    def __init__(self, *rows: WorklistRow) -> None:
        self.held = rows
        self.listener: Callable[[], None] = lambda: None

    def rows(self) -> tuple[WorklistRow, ...]:
        return self.held

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listener = listener
        return lambda: None


class Started(list[str]):
    def start(self, service_id: str, study_uid: str, urgent: bool = False) -> None:
        assert not urgent
        self.append(study_uid)


def test_studies_come_in_reading_order_before_any_prior() -> None:
    rows = [row(1, RowState.FREE, "1.9.1", "1.9.2"), row(2, RowState.DRAFT, "1.9.3")]
    assert [uid for _, uid in wanted(rows, ahead=8, priors=1)] == [
        "1.3.1",
        "1.3.2",
        "1.9.1",
        "1.9.3",
    ]


def test_what_others_read_or_is_done_is_left_alone() -> None:
    rows = [row(n, state) for n, state in enumerate(RowState, 1)]
    states = [
        rows[int(uid.rsplit(".", 1)[1]) - 1].state for _, uid in wanted(rows, ahead=9, priors=0)
    ]
    assert states == [RowState.FREE, RowState.MINE, RowState.DRAFT]


def test_each_study_is_started_once_and_the_next_moves_up() -> None:
    screen, started = Screen(row(1), row(2), row(3)), Started()
    prefetching = Prefetching(screen, started, ahead=2)
    screen.listener()
    assert started == ["1.3.1", "1.3.2"]
    screen.held = (row(2), row(3))
    screen.listener()
    assert started == ["1.3.1", "1.3.2", "1.3.3"]
    prefetching.stop()
