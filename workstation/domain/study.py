"""A study as received and as shown: nothing received is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from workstation.domain.document_page import ReadablePage
from workstation.domain.geometry import VolumeGeometry
from workstation.domain.identity import Patient
from workstation.domain.image import FrameDescription
from workstation.domain.overlays import OverlayDescription
from workstation.domain.presentation import StateSummary
from workstation.domain.radiation import RadiationDose, Tracer
from workstation.domain.registration import Registration
from workstation.domain.suv import SuvScale, Uptake


class DisplaySetKind(StrEnum):
    """What a display set is, and so how it is opened."""

    VOLUME = "volume"
    STACK = "stack"
    CINE = "cine"
    IMAGE = "image"
    DOCUMENT = "document"
    SEGMENTATION = "segmentation"
    PRESENTATION = "presentation"
    STRUCTURES = "structures"
    WAVEFORM = "waveform"
    OTHER = "other"

    @property
    def has_frames(self) -> bool:
        """Whether it is looked at in a viewport."""
        return self in {
            DisplaySetKind.VOLUME,
            DisplaySetKind.STACK,
            DisplaySetKind.CINE,
            DisplaySetKind.IMAGE,
        }


@dataclass(frozen=True, slots=True)
class NotShown:
    """An instance or file that no display set shows, and why."""

    path: str
    sop_instance_uid: str
    reason: str
    what: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document instance: an encapsulated PDF or CDA, a waveform, or a structured report.

    `text` and `page` hold what an SR says; other contents stay in the store under its UID.
    """

    sop_instance_uid: str
    title: str
    mime_type: str
    text: str = ""
    page: ReadablePage | None = None
    #: of a radiation dose report: its totals
    dose: RadiationDose | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class DisplaySet:
    """What is looked at as one: frames in display order, or a document.

    `frames` are ordered along the normal where there is one, else by instance number.
    `volume` is the geometry when they form a volume, otherwise `volume_refused` says why not.
    """

    identifier: str
    kind: DisplaySetKind
    series_instance_uid: str
    series_number: int | None
    description: str
    modality: str
    body_part: str = ""
    frames: tuple[FrameDescription, ...] = ()
    sop_instance_uids: tuple[str, ...] = ()
    volume: VolumeGeometry | None = None
    volume_refused: str = ""
    problems: tuple[str, ...] = ()
    #: those of `problems` that tell how the picture differs from what its header says
    repairs: tuple[str, ...] = ()
    missing_slices: int = 0
    #: positions along the normal, mm from the first frame, where slices are missing
    missing_positions_mm: tuple[float, ...] = ()
    spacing_min_mm: float | None = None
    spacing_max_mm: float | None = None
    frame_time_ms: float | None = None
    documents: tuple[Document, ...] = ()
    #: what the object draws over the images of others
    overlay: OverlayDescription | None = None
    is_localizer: bool = False
    #: of PET: what SUV is computed from
    uptake: Uptake | None = None
    #: what the values of the frames were scaled to, or why they were not
    suv: SuvScale | None = None
    suv_refused: str = ""
    #: what a presentation state is made for
    state: StateSummary | None = None
    #: of PET and NM: what was injected, and when
    tracer: Tracer | None = None

    def __post_init__(self) -> None:
        if self.kind.has_frames and not self.frames:
            raise ValueError("an image display set needs frames")


def same_space(a: DisplaySet, b: DisplaySet) -> bool:
    """Whether positions of one mean the same place in the other (Frame of Reference UID)."""
    one, other = a.frames[0].plane, b.frames[0].plane
    return (
        one is not None
        and other is not None
        and one.frame_of_reference_uid == other.frame_of_reference_uid
        and one.frame_of_reference_uid != ""
    )


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series with its display sets."""

    series_instance_uid: str
    modality: str
    description: str
    number: int | None
    display_sets: tuple[DisplaySet, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One study of one patient as far as it has arrived."""

    study_instance_uid: str
    patient: Patient
    description: str = ""
    accession_number: str = ""
    study_datetime: datetime | None = None
    referring_physician: str = ""
    institution: str = ""
    series: tuple[Series, ...] = ()
    received: int = 0
    not_shown: tuple[NotShown, ...] = ()
    problems: tuple[str, ...] = ()
    #: what links its spaces to one another, and why other registrations are not applied
    registrations: tuple[Registration, ...] = ()
    registrations_refused: tuple[str, ...] = ()

    @property
    def display_sets(self) -> tuple[DisplaySet, ...]:
        """All display sets in series order."""
        return tuple(shown for series in self.series for shown in series.display_sets)

    @property
    def shown(self) -> int:
        """Instances that some display set shows; received = shown + len(not_shown)."""
        return len({uid for shown in self.display_sets for uid in shown.sop_instance_uids})


@dataclass(frozen=True, slots=True)
class SeriesProgress:
    """Arrival of one series."""

    series_instance_uid: str
    description: str
    modality: str
    received: int
    expected: int


@dataclass(frozen=True, slots=True)
class ManifestInstance:
    """One instance as the service lists it, before it has arrived."""

    series_uid: str
    sop_uid: str
    sop_class_uid: str = ""
    number: int | None = None
    series_number: int | None = None
    series_description: str = ""
    modality: str = ""


class RetrievalState(StrEnum):
    """What the retrieval of a study is doing."""

    QUEUED = "queued"
    FETCHING = "fetching"
    PAUSED = "paused"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RetrievalProgress:
    """Arrival of a study, for the worklist, the strip and the signing check.

    `verified` is true once the stored instances equal the service's own list.
    """

    study_instance_uid: str
    state: RetrievalState
    series: tuple[SeriesProgress, ...] = ()
    bytes_per_second: float = 0.0
    verified: bool = False
    problem: str = ""
    failures: tuple[NotShown, ...] = field(default=())

    @property
    def received(self) -> int:
        """Instances on this disk."""
        return sum(series.received for series in self.series)

    @property
    def expected(self) -> int:
        """Instances the service lists."""
        return sum(series.expected for series in self.series)
