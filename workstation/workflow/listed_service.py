"""What the worklist knows of one reading service: tasks, whether it answers, when to ask again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import ReadingTask
from workstation.workflow.worklist_ports import TaskSource
from workstation.workflow.worklist_rows import ServiceState

#: With an open event channel a search is only the safety net.
CALM_FACTOR = 10
#: Waits after a failed search, seconds; the poll interval bounds them.
RETRY_SECONDS = (2.0, 5.0, 10.0, 20.0, 30.0)


@dataclass
class ListedService:
    """Guarded by the lock of `Worklist`, which is its only writer.

    `failures` counts searches that failed one after another; -1 stands for a refused login.
    """

    source: TaskSource
    state: ServiceState
    tasks: dict[str, ReadingTask] = field(default_factory=dict)
    asked: bool = False
    wake: bool = True
    channel_open: bool = False
    failures: int = 0
    error: ReaderError | None = None
    recovered: bool = False

    def pause(self, poll_seconds: float) -> float | None:
        """Seconds until the next search; None after a refused login, which the reader must put
        right: asking again and again locks accounts."""
        if self.failures < 0:
            return None
        if self.failures:
            return min(RETRY_SECONDS[min(self.failures, len(RETRY_SECONDS)) - 1], poll_seconds)
        return poll_seconds * (CALM_FACTOR if self.channel_open else 1)

    def answered(
        self, now: datetime, *, reachable: bool, latency: float | None, problem: str
    ) -> None:
        """A search ended: keep since when the service answers, or does not."""
        before = self.state
        same = before.since is not None and before.reachable == reachable
        self.state = ServiceState(
            before.id,
            before.name,
            reachable=reachable,
            since=before.since if same else now,
            latency_ms=latency,
            problem=problem,
        )
