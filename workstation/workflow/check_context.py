"""What the checks before signing look at beside the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workstation.domain.critical import CriticalResult
from workstation.domain.identity import Patient
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import SectionKind
from workstation.domain.study import RetrievalProgress, Study


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the case itself: the earlier studies of the patient (None: nobody can
    tell), the other patients of the worklist, and the checks that the reader has switched off."""

    priors: Sequence[PriorStudy] | None = None
    others: tuple[Patient, ...] = ()
    switched_off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class CheckContext:
    """`links` are the words of the measurements and key images that exist; `required` the sections
    that the template wants filled. `looked_at` are the Study Instance UIDs of earlier studies of
    which an image was on the screen; None where that is not known.
    """

    task: ReadingTask
    study: Study | None
    progress: RetrievalProgress | None
    unread_series: tuple[str, ...]
    links: dict[str, str]
    required: frozenset[SectionKind]
    measurements: tuple[Measurement, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    critical: tuple[CriticalResult, ...] = ()
    looked_at: frozenset[str] | None = None
    around: Surroundings = Surroundings()
