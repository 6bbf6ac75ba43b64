"""What the checks before signing need to know of the images of a case."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.study import RetrievalProgress, Study
from workstation.workflow import hanging
from workstation.workflow.measuring import Measuring


@dataclass(frozen=True, slots=True)
class RoomContext:
    """Counts of instances; `expected` is None where the service has not said."""

    received: int
    expected: int | None
    arriving: bool
    unread_series: tuple[str, ...]


#: Nothing is open.
NOTHING_OPEN = RoomContext(0, None, True, ())


def unread_series(study: Study, measuring: Measuring) -> tuple[str, ...]:
    """Series Instance UIDs with images that were never opened."""
    held = hanging.images(study)
    return tuple(
        dict.fromkeys(shown.series_instance_uid for shown in held if not measuring.seen(shown))
    )


def looked_at(study: Study, measuring: Measuring) -> bool:
    """Whether an image of the study was on the screen."""
    return any(measuring.seen(shown) for shown in hanging.images(study))


def context_of(
    study: Study, progress: RetrievalProgress | None, unread: tuple[str, ...]
) -> RoomContext:
    """The counts of a study as far as it has arrived."""
    expected = progress.expected if progress is not None else None
    arriving = progress is not None and not progress.verified
    return RoomContext(study.received, expected, arriving, unread)
