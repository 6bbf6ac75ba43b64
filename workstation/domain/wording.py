"""How values are written, once for the image, the tray and the report."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from workstation.domain.critical import CriticalResult
from workstation.domain.identity import Patient
from workstation.domain.image import FILM_DIGITISER, PLANE_NOT_STATED, CalibrationSource
from workstation.domain.measurement import (
    REGION_KINDS,
    LayerValue,
    MeasuredValue,
    Measurement,
    MeasurementKind,
    RoiStatistics,
)
from workstation.domain.report_table import CHANGE, is_row
from workstation.domain.suv import SuvKind
from workstation.domain.view import SlabMode

#: Links in a section's text: `{{m:IDENTIFIER}}`, `{{k:SOP_INSTANCE_UID:FRAME}}`, and in the row of
#: a table the change between two sizes.
LINK = re.compile(rf"\{{\{{(m:[^{{}}:]+|k:[0-9.]+:[0-9]+|{CHANGE})\}}\}}")

#: A field that the reader still has to fill. `[18F]` and `[99mTc]` are nuclides, `[sic]` is a
#: quotation mark, `[1, 2]` cites, `[series 4, image 112]` and `[type 1]` point: they are words of
#: the report, and would be lost with the fields at signing.
FIELD = re.compile(
    r"\[(?!(?:[0-9]{1,3}m?[A-Z][a-z]?|sic!?|[0-9]{1,3}(?:[,;–-] ?[0-9]{1,3})*"
    r"|(?:series|ser|se|s|images?|im|img|slices?|frames?|type|grade|stage|figure|fig|ref|score|level)"
    r"\.? ?#?[0-9][^\[\]\n]*)\])[^\[\]\n]*\]"
)

#: Signs that nobody sees and that part words, or turn what is read around: they come in with
#: foreign texts and are left out of them. Joiners of letters and marks of direction stay.
HIDDEN_SIGNS = frozenset("\u00ad\u200b\u2060\ufeff\u202d\u202e")

#: Beside regions, what reads values of pixels.
_READ = frozenset({MeasurementKind.PROBE})
_UPTAKE = frozenset(kind.words for kind in SuvKind)

#: Stands in place of an age that nobody has; the birth date is told beside it.
IMPLAUSIBLE = "age implausible"

#: Below it one digit of mm or mm² tells nothing: slides of tissue are measured in µm.
_FINE_MM = 0.1

_UNITS = {"mm2": "mm²", "cm2": "cm²", "px2": "px²", "deg": "°", "1": "", "BQML": "Bq/ml"}


def number(value: float, digits: int) -> str:
    """A decimal with a true minus sign (U+2212) and no negative zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def age_text(patient: Patient, on: date) -> str:
    """`61 y`, `7 mo` or `12 d`; empty where the birth date is unknown, `age implausible` where it
    gives one that nobody has."""
    if patient.age_is_implausible(on):
        return IMPLAUSIBLE
    years = patient.age_years(on)
    if years is None or patient.birth_date is None:
        return ""
    if years >= 2:
        return f"{years} y"
    days = (on - patient.birth_date).days
    return f"{days // 30} mo" if days >= 60 else f"{days} d"


def unit_text(unit: str) -> str:
    """The unit as it is printed."""
    return _UNITS.get(unit, unit)


def is_uptake(unit: str) -> bool:
    """Whether values in it are SUV, which are read to two digits."""
    return unit == "g/ml" or unit in _UPTAKE


def quantity(value: float, unit: str) -> str:
    """A value with its unit, in the digits that a reader uses for it."""
    if unit == "deg":
        return f"{number(value, 1)}°"
    if unit == "mm2":
        return area_text(value)
    if unit == "mm" and 0 < value < _FINE_MM:
        return f"{number(value * 1000, 0)} µm"
    digits = {"HU": 0, "mm": 1, "px": 0, "px2": 0, "s": 3, "1": 2}.get(unit, 1)
    digits = 2 if is_uptake(unit) else digits
    if unit not in ("HU", "mm", "px", "px2"):
        digits = max(digits, _small_digits(value))
    return f"{number(value, digits)} {unit_text(unit)}".rstrip()


def _small_digits(value: float) -> int:
    """Decimals that leave two digits of a value below 1: 0.034 is not 0.0."""
    if value == 0 or abs(value) >= 1:
        return 0
    return 1 - math.floor(math.log10(abs(value)))


def area_text(area_mm2: float) -> str:
    """An area, in cm² from 1 cm² on, and in µm² where mm² would tell nothing."""
    if 0 < area_mm2 < _FINE_MM:
        return f"{number(area_mm2 * 1e6, 0)} µm²"
    if area_mm2 >= 100:
        return f"{number(area_mm2 / 100, 2)} cm²"
    return f"{number(area_mm2, 1)} mm²"


def value_text(measurement: Measurement) -> str:
    """What stands beside the line and in the report: `17.1 mm`, `49 ± 23 HU`."""
    return value_words(measurement.kind, measurement.result)


def statistic_digits(held: RoiStatistics) -> int:
    """Decimals of the values of a region: none in HU, two in SUV, otherwise as many as tell them
    apart."""
    if is_uptake(held.unit):
        return 2
    highest = max(abs(held.mean), abs(held.minimum), abs(held.maximum))
    if held.unit == "HU" or highest >= 100:
        return 0
    return max(_small_digits(highest), 1 if highest >= 10 else 2 if highest >= 1 else 0)


def _mean_words(held: RoiStatistics) -> str:
    digits = statistic_digits(held)
    mean, sd = number(held.mean, digits), number(held.sd, digits)
    return f"{mean} ± {sd} {unit_text(held.unit)}".rstrip()


def layer_words(held: LayerValue) -> str:
    """The value of what lies over a picture, with its maximum where it is that of a region, which
    is what uptake is read by: `5.03 ± 0.12 SUVbw, max 7.20`. Nothing where there is no value."""
    if held.value is None:
        return ""
    if held.statistics is None:
        return quantity(held.value, held.unit)
    highest = number(held.statistics.maximum, statistic_digits(held.statistics))
    return f"{_mean_words(held.statistics)}, max {highest}"


def value_words(kind: MeasurementKind, result: MeasuredValue) -> str:
    """The same of a value that is not kept yet."""
    statistics = result.statistics
    if kind in REGION_KINDS and statistics is not None:
        return _mean_words(statistics)
    if kind is MeasurementKind.BIDIRECTIONAL:
        short = result.detail("short axis")
        if short is not None:
            long = quantity(result.value, result.unit)
            narrow = quantity(short.value, short.unit)
            amount, _, unit = long.rpartition(" ")
            return f"{amount if narrow.endswith(f' {unit}') else long} × {narrow}"
    if kind is MeasurementKind.CARDIOTHORACIC:
        return f"CTR {quantity(result.value, result.unit)}"
    return quantity(result.value, result.unit)


_SCALES = {
    CalibrationSource.PATIENT: "in patient",
    CalibrationSource.DETECTOR: "at detector",
    CalibrationSource.MAGNIFICATION_CORRECTED: "corrected",
    CalibrationSource.FIDUCIAL: "fiducial",
    CalibrationSource.ULTRASOUND_REGION: "in region",
    CalibrationSource.USER: "by user",
    CalibrationSource.NONE: "at no scale",
}
#: What is no detector, though no plane of the patient either.
_PLANES = {PLANE_NOT_STATED: "in a plane not stated", FILM_DIGITISER: "on the film"}


def scale_text(source: CalibrationSource, detail: str = "") -> str:
    """Where millimetres come from: `in patient`, `at detector`, `in a plane not stated`."""
    if source is CalibrationSource.DETECTOR and detail in _PLANES:
        return _PLANES[detail]
    return _SCALES[source]


def scale_detail(source: CalibrationSource, detail: str) -> str:
    """What is known of the scale beyond `scale_text`."""
    told = source is CalibrationSource.DETECTOR and detail in _PLANES
    return "" if told else detail


_SLABS = {SlabMode.MEAN: "mean", SlabMode.MIP: "MIP", SlabMode.MINIP: "MinIP"}


def slab_text(thick_mm: float, mode: SlabMode) -> str:
    """`MIP 10 mm`; nothing of a thin plane."""
    return f"{_SLABS[mode]} {thick_mm:g} mm" if thick_mm else ""


def report_text(measurement: Measurement) -> str:
    """What a link in the report says: a length of a projection is never a bare mm, and of a fused
    picture each value names the series that it is of."""
    words, result = value_text(measurement), measurement.result
    layer, slab = result.layer, slab_text(result.slab_mm, result.slab_mode)
    if layer is not None:
        slab = f", {slab}" if slab else ""
        words += f" ({layer.below.short}{slab})"
        if layer.value is not None:
            how = slab + (", interpolated" if layer.interpolated else "")
            words += f", {layer_words(layer)} ({layer.series.short}{how})"
        return words
    if slab and (measurement.kind in REGION_KINDS or measurement.kind in _READ):
        # What a projection or a thick mean holds is not what the plane holds.
        return f"{words} ({slab})"
    # What a length in mm needs beside it where nobody sees the badge.
    scale = ""
    if result.calibration is CalibrationSource.DETECTOR:
        scale = scale_text(result.calibration, result.calibration_detail)
    elif result.calibration is CalibrationSource.USER:
        scale = "scale set by the reader"
    return f"{words} ({scale})" if scale and result.unit in ("mm", "mm2") else words


#: Details that the value itself already tells.
_TOLD = frozenset({"short axis"})


def detail_text(result: MeasuredValue) -> str:
    """The further numbers of a measurement in one line: `heart 132.0 mm   thorax 254.1 mm`."""
    return "   ".join(
        f"{each.name} {quantity(each.value, each.unit)}"
        for each in result.details
        if each.name not in _TOLD and (each.value, each.unit) != (result.value, result.unit)
    )


def plain_text(text: str, resolve: dict[str, str]) -> str:
    """`text` with its links replaced; `resolve` maps `m:…` and `k:…` to words.

    A link that `resolve` does not know is written as unknown, never dropped. The change in the row
    of a table stays: it is told from the words of its row, once those stand.
    """

    def words(match: re.Match[str]) -> str:
        unknown = match[0] if match[1] == CHANGE else "[removed measurement]"
        return resolve.get(match[1], unknown)

    return LINK.sub(words, text)


def without_open_fields(text: str) -> str:
    """`text` as it is signed: open fields are left out, and lines that hold nothing else.

    A line of which only a label such as `Bones:` would remain is left out whole.
    """
    kept = []
    for line in text.splitlines():
        if FIELD.search(line) is None:
            kept.append(line)
            continue
        if is_row(line):
            kept.append(FIELD.sub("", line))
            continue
        left = re.sub(r"\s{2,}", " ", FIELD.sub("", line))
        left = re.sub(r"[ ,]+([.,])", r"\1", left).strip(" ,")
        if re.fullmatch(r"([^:.]*:)?[\s.,]*", left) is None:
            kept.append(left)
    return "\n".join(kept).strip()


def moment_text(moment: datetime) -> str:
    """A time with its day and its distance from UTC: `24 Nov 2026 03:21 (UTC+01:00)`.

    Site and reader may live in different zones.
    """
    local = moment.astimezone()
    zone = f"{local:%z}"
    return f"{local.day} {local:%b %Y %H:%M} (UTC{zone[:3]}:{zone[3:5]})"


def critical_text(result: CriticalResult) -> str:
    """One critical result as it stands in the report."""
    found = f"{result.finding.strip().rstrip('.')}: found {moment_text(result.found_at)}"
    told = result.communication
    if told is None:
        return f"{found}; nobody has been told yet."
    back = "read back" if told.read_back else "not read back"
    return (
        f"{found}, told by {told.told_by} to {told.told_to} ({told.means.value})"
        f" {moment_text(told.told_at)}; {back}."
    )
