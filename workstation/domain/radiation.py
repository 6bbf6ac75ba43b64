"""What a patient was given for the examination: radiation and radiopharmaceuticals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class RadiationDose:
    """The totals that a radiation dose report tells (PS3.16 TID 10001, TID 10011); None is untold.

    CTDIvol in mGy: the highest of the scans, since they are not added up; DLP in mGy·cm; dose area
    product in Gy·cm²; dose at the reference point in mGy; fluoroscopy time in seconds.
    """

    ctdi_vol_mgy: float | None = None
    dlp_mgy_cm: float | None = None
    area_product_gy_cm2: float | None = None
    reference_point_mgy: float | None = None
    fluoroscopy_s: float | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            held = getattr(self, name)
            if held is not None and not 0 <= held < 1e7:
                raise ValueError(f"{name} of {held} is no dose")

    @property
    def told(self) -> bool:
        """Whether any total is known."""
        return any(getattr(self, name) is not None for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Tracer:
    """The radiopharmaceutical of one series (PS3.3 C.8.9.2, C.8.4.10); empty or None is untold.

    Moments have no zone; all are those of the scanner's clock. `imaged_at` is the earliest
    acquisition of the series. `injected_time` is told where the date of the injection is not.
    """

    name: str = ""
    activity_bq: float | None = None
    half_life_s: float | None = None
    injected_at: datetime | None = None
    injected_time: time | None = None
    imaged_at: datetime | None = None

    @property
    def uptake(self) -> timedelta | None:
        """From the injection to the first image, across midnight where only a time is known.

        None where it is not known, and where what is told does not fit: the images before the
        injection, or more than ten half-lives after it.
        """
        if self.imaged_at is None:
            return None
        injected = self.injected_at
        if injected is None:
            if self.injected_time is None:
                return None
            injected = datetime.combine(self.imaged_at.date(), self.injected_time)
            if injected > self.imaged_at:
                injected -= timedelta(days=1)
        passed = self.imaged_at - injected
        longest = timedelta(seconds=10 * (self.half_life_s or 86400.0))
        return passed if timedelta() <= passed <= longest else None
