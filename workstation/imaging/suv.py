"""From PET values to SUV, or a refusal that names what is missing (display rules, §10)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from workstation.domain.errors import MeasurementRefused
from workstation.domain.identity import Sex
from workstation.domain.image import FrameDescription, Voi, VoiFunction, Window
from workstation.domain.suv import LOWEST_DOSE_BQ, SuvInput, SuvKind, SuvScale

_ENHANCED_CORRECTIONS = {
    "ATTN": "AttenuationCorrected (0018,9759)",
    "DECY": "DecayCorrected (0018,9758)",
}
_DAY = timedelta(days=1)
_TYPES = {
    "": SuvKind.BW,
    "BW": SuvKind.BW,
    "LBM": SuvKind.LBM,
    "LBMJAMES128": SuvKind.LBM_JAMES_128,
    "LBMJANMA": SuvKind.LBM_JANMA,
    "BSA": SuvKind.BSA,
    "IBW": SuvKind.IBW,
}


def _refused(attribute: str, why: str = "is missing") -> MeasurementRefused:
    return MeasurementRefused(
        f"There is no SUV: {attribute} {why}.",
        means="The values are shown as the device stored them.",
        remedy="Ask the site for the attribute.",
    )


def _weight(held: SuvInput) -> float:
    if not held.weight_kg or held.weight_kg <= 0:
        raise _refused("PatientWeight (0010,1030)")
    return held.weight_kg


def _height_cm(held: SuvInput) -> float:
    if not held.height_m or held.height_m <= 0:
        raise _refused("PatientSize (0010,1020)")
    # Metres; somebody's 175 is meant in centimetres.
    return held.height_m if held.height_m > 3 else held.height_m * 100


def body_size(held: SuvInput, kind: SuvKind) -> float:
    """What the concentration per dose is multiplied with: grams, or cm2 for the body surface.

    MeasurementRefused names the attribute that is missing.
    """
    weight = _weight(held)
    if kind is SuvKind.BW:
        return weight * 1000
    height = _height_cm(held)
    if kind is SuvKind.BSA:
        # Du Bois, m2 to cm2.
        return 0.007184 * weight**0.425 * height**0.725 * 1e4
    if held.sex not in (Sex.FEMALE, Sex.MALE):
        raise _refused("PatientSex (0010,0040)", "is neither M nor F")
    return _by_sex(kind, weight, height, held.sex is Sex.MALE) * 1000


def _written_with(held: SuvInput, kind: SuvKind) -> float:
    """The body size that the device put into SUV which it wrote itself.

    Of the sex O there is no consensus, so none is worked out for it; what was written already can
    only have been the mean of both, as in the digital reference objects beside the manual of IBSI
    (oncoray/suv_computation, "PatientSex"). `suv_scale` says so.
    """
    if held.sex is not Sex.OTHER or kind in (SuvKind.BW, SuvKind.BSA):
        return body_size(held, kind)
    weight, height = _weight(held), _height_cm(held)
    both = [_by_sex(kind, weight, height, male) for male in (False, True)]
    return sum(both) / 2 * 1000


def _by_sex(kind: SuvKind, weight: float, height: float, male: bool) -> float:
    """Lean mass or ideal weight in kg, from kg and cm (PS3.16, DCM 126410 to 126413)."""
    if kind is SuvKind.IBW:
        # Sugawara et al., Radiology 1999;213:521; the standard and PixelMed set no limit to it.
        ideal = 48.0 + 1.06 * (height - 152) if male else 45.5 + 0.91 * (height - 152)
        if ideal <= 0:
            raise _refused("PatientSize (0010,1020)", "gives no ideal body weight")
        return ideal
    if kind is SuvKind.LBM_JANMA:
        index = weight / (height / 100) ** 2
        lean = 9270 * weight / ((6680 + 216 * index) if male else (8780 + 244 * index))
    else:
        square = (weight / height) ** 2
        coefficient = 128 if kind is SuvKind.LBM_JAMES_128 else 120
        lean = 1.10 * weight - coefficient * square if male else 1.07 * weight - 148 * square
    if lean <= 0:
        raise _refused("PatientWeight (0010,1030)", "and height give no lean body mass")
    return lean


def scan_start(held: SuvInput) -> datetime:
    """The moment that decay is corrected to, for Decay Correction START.

    The series' time, unless it is later than the earliest acquisition: then the images were made
    anew afterwards, and GE's scan start or the earliest acquisition counts.
    """
    earliest, series = held.earliest_acquisition_at, held.series_at
    if earliest is None and series is None:
        raise _refused("SeriesTime (0008,0031)")
    if series is not None and (earliest is None or series <= earliest):
        return series
    if held.ge_scan_at is not None:
        return held.ge_scan_at
    assert earliest is not None
    reference, duration = held.frame_reference_ms, held.frame_duration_ms
    if reference and duration and held.half_life_s:
        # Siemens: the frame reference time lies where the count rate has its mean.
        decay = math.log(2) / held.half_life_s
        decayed = decay * duration / 1000
        middle = math.log(decayed / -math.expm1(-decayed)) / decay
        return earliest - timedelta(seconds=reference / 1000 - middle)
    return earliest


def seconds_since_injection(held: SuvInput) -> float:
    """From injection to the moment that decay was corrected to: the start of the scan, where the
    object names no other. Across midnight where only a time is known."""
    start = held.corrected_to or scan_start(held)
    longest = 10 * (held.half_life_s or 86400.0)
    injected = held.injected_at
    if injected is not None:
        if (injected.tzinfo is None) != (start.tzinfo is None):
            injected, start = injected.replace(tzinfo=None), start.replace(tzinfo=None)
        passed = (start - injected).total_seconds()
        if 0 <= passed <= longest:
            return passed
        if held.injected_time is None:
            raise _refused(
                "RadiopharmaceuticalStartDateTime (0018,1078)", "does not fit the time of the scan"
            )
    if held.injected_time is None:
        raise _refused("RadiopharmaceuticalStartTime (0018,1072)")
    injected = datetime.combine(start.date(), held.injected_time, start.tzinfo)
    if injected > start:
        injected -= _DAY
    passed = (start - injected).total_seconds()
    if passed > longest:
        raise _refused(
            "RadiopharmaceuticalStartTime (0018,1072)", "does not fit the time of the scan"
        )
    return passed


def _decayed_dose(held: SuvInput, notes: list[str]) -> float:
    dose = held.dose_bq
    if not dose or dose <= 0:
        raise _refused("RadionuclideTotalDose (0018,1074)")
    if dose < LOWEST_DOSE_BQ and not held.enhanced:
        notes.append("The dose is written in MBq.")
        dose *= 1e6
    if held.enhanced:
        if held.corrected_to is None:
            raise _refused("DecayCorrectionDateTime (0018,9701)")
        if held.injected_at is None:
            raise _refused("RadiopharmaceuticalStartDateTime (0018,1078)")
        return dose * _share_left(held)
    if held.decay_correction == "ADMIN":
        return dose
    if held.decay_correction == "NONE":
        raise _refused("DecayCorrection (0054,1102)", "is NONE")
    if held.decay_correction != "START":
        raise _refused("DecayCorrection (0054,1102)")
    return dose * _share_left(held)


def _share_left(held: SuvInput) -> float:
    """The part of the dose that is left at the moment that decay was corrected to."""
    if not held.half_life_s or held.half_life_s <= 0:
        raise _refused("RadionuclideHalfLife (0018,1075)")
    share: float = 2 ** (-seconds_since_injection(held) / held.half_life_s)
    return share


def suv_scale(held: SuvInput, kind: SuvKind = SuvKind.BW) -> SuvScale:
    """The factor from modality values to `kind`; MeasurementRefused names what is missing."""
    notes = list(held.notes)
    if held.units in ("GML", "CM2ML"):
        there = SuvKind.BSA if held.units == "CM2ML" else _TYPES.get(held.suv_type)
        if there is None:
            raise _refused("SUVType (0054,1006)", "is not a defined term")
        if there is kind:
            return SuvScale(kind, 1.0, held.notes)
        if held.sex is Sex.OTHER and there not in (SuvKind.BW, SuvKind.BSA):
            notes.append("The sex is O: the device is taken to have used the mean of both.")
        return SuvScale(kind, body_size(held, kind) / _written_with(held, there), tuple(notes))
    missing = {"ATTN", "DECY"} - held.corrected_image
    if missing and held.enhanced:
        raise _refused(
            " and ".join(_ENHANCED_CORRECTIONS[each] for each in sorted(missing)), "is not YES"
        )
    if missing:
        raise _refused("CorrectedImage (0028,0051)", f"lacks {' and '.join(sorted(missing))}")
    if held.units == "CNTS":
        if held.philips_suv_scale:
            size = (
                body_size(held, kind) / body_size(held, SuvKind.BW)
                if kind is not SuvKind.BW
                else 1.0
            )
            return SuvScale(kind, held.philips_suv_scale * size, tuple(notes))
        if not held.philips_activity_scale:
            raise _refused("Philips' scale (7053,1000) or (7053,1009)")
        activity = held.philips_activity_scale
    elif held.units == "BQML":
        activity = 1.0
    else:
        named, known = "Units (0054,1001)", "BQML, CNTS or GML"
        if held.enhanced:
            named, known = "MeasurementUnitsCodeSequence (0040,08EA)", "Bq/ml or SUV"
        words = f"is {held.units}, not {known}" if held.units else "is missing"
        raise _refused(named, words)
    dose = _decayed_dose(held, notes)
    return SuvScale(kind, activity * body_size(held, kind) / dose, tuple(notes))


def suv_factor(held: SuvInput, kind: SuvKind = SuvKind.BW) -> float:
    """SUV = modality value x this; MeasurementRefused names what is missing."""
    return suv_scale(held, kind).factor


def _window_in_suv(window: Window, factor: float) -> Window | None:
    """A window of the stored concentration as one of SUV.

    A LINEAR one spans from c - 0.5 - (w-1)/2 to c - 0.5 + (w-1)/2 (PS3.3 C.11.2.1.2.1), whose
    halves do not scale: it becomes the LINEAR_EXACT one between the same two values.
    """
    center, width = window.center, window.width
    if window.function is VoiFunction.LINEAR:
        center, width = center - 0.5, width - 1
    if width <= 0:
        return None
    function = window.function
    if function is VoiFunction.LINEAR:
        function = VoiFunction.LINEAR_EXACT
    return Window(center * factor, width * factor, function, window.explanation)


def in_suv(frame: FrameDescription, scale: SuvScale, *, unit: str = "") -> FrameDescription:
    """The frame with modality values in SUV; its windows follow, VOI LUTs do not.

    `unit` is what is written beside a value, g/ml or cm2/ml where it is not given.
    MeasurementRefused where the values come through a Modality LUT.
    """
    transform = frame.modality_transform
    if transform.lut is not None:
        raise _refused("the rescale slope", "is missing: the image has a Modality LUT")
    held: list[Voi] = []
    for voi in frame.voi:
        window = _window_in_suv(voi, scale.factor) if isinstance(voi, Window) else None
        if window is not None:
            held.append(window)
    return replace(
        frame,
        modality_transform=replace(
            transform,
            slope=transform.slope * scale.factor,
            intercept=transform.intercept * scale.factor,
            unit=unit or scale.unit,
        ),
        voi=tuple(held),
    )
