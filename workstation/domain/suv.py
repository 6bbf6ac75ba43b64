"""What a standardised uptake value is computed from (PS3.3 C.8.9, QIBA's vendor-neutral rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from workstation.domain.identity import Sex


class SuvKind(StrEnum):
    """Kinds of SUV, as SUV Type (0054,1006) names them, in small letters."""

    BW = "bw"
    LBM = "lbm"
    LBM_JAMES_128 = "lbmjames128"
    LBM_JANMA = "lbmjanma"
    BSA = "bsa"
    IBW = "ibw"

    @property
    def words(self) -> str:
        """What is printed beside each value: which SUV it is."""
        return {
            SuvKind.BW: "SUVbw",
            SuvKind.LBM: "SUVlbm (James, 120)",
            SuvKind.LBM_JAMES_128: "SUVlbm (James, 128)",
            SuvKind.LBM_JANMA: "SUL (Janmahasatian)",
            SuvKind.BSA: "SUVbsa",
            SuvKind.IBW: "SUVibw",
        }[self]

    @property
    def unit(self) -> str:
        """g/ml, and cm2/ml for the one that divides by the body's surface."""
        return "cm2/ml" if self is SuvKind.BSA else "g/ml"


#: A dose below this many Bq was written in MBq.
LOWEST_DOSE_BQ = 1e5


@dataclass(frozen=True, slots=True)
class SuvInput:
    """The attributes of one PET series. None or an empty text is an absent attribute.

    Moments are either all aware or all without a zone. `earliest_acquisition_at` is the earliest
    over the whole series, never that of one image; `frame_reference_ms` and `frame_duration_ms`
    are those of that earliest image. `dose_bq` is as it was written: values below 1e5 are MBq.
    """

    units: str
    corrected_image: frozenset[str] = frozenset()
    decay_correction: str = ""
    suv_type: str = ""
    weight_kg: float | None = None
    height_m: float | None = None
    sex: Sex = Sex.UNKNOWN
    dose_bq: float | None = None
    half_life_s: float | None = None
    #: Radiopharmaceutical Start DateTime (0018,1078)
    injected_at: datetime | None = None
    #: Radiopharmaceutical Start Time (0018,1072), which has no date
    injected_time: time | None = None
    series_at: datetime | None = None
    earliest_acquisition_at: datetime | None = None
    #: GE's scan start (0009,100D)
    ge_scan_at: datetime | None = None
    frame_reference_ms: float | None = None
    frame_duration_ms: float | None = None
    #: Philips (7053,1000) and (7053,1009)
    philips_suv_scale: float | None = None
    philips_activity_scale: float | None = None
    #: of an Enhanced PET (C.8.22), which names the moment that decay was corrected to
    enhanced: bool = False
    #: Decay Correction DateTime (0018,9701)
    corrected_to: datetime | None = None
    #: what was repaired while it was read
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Uptake:
    """What a PET display set says of SUV: the input for it, or why there is none."""

    said: SuvInput | None = None
    refused: str = ""

    def __post_init__(self) -> None:
        if (self.said is None) == (not self.refused):
            raise ValueError("there is an input, or a sentence why there is none")


@dataclass(frozen=True, slots=True)
class SuvScale:
    """SUV = modality value x `factor`. `notes` say what was repaired or assumed."""

    kind: SuvKind
    factor: float
    notes: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of the scaled values."""
        return self.kind.unit
