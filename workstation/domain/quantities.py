"""The numbers of measurements with their codes: CID 7469 and 218 of PS3.16, units of UCUM."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.image import FrameKey
from workstation.domain.measurement import REGION_KINDS, LayerValue, Measurement, MeasurementKind
from workstation.domain.report_content import Coded, Quantity
from workstation.domain.suv import SuvKind

_K = MeasurementKind
_NAMES = {
    _K.LENGTH: Coded("410668003", "SCT", "Length"),
    _K.POLYLINE: Coded("121211", "DCM", "Path length"),
    _K.ANGLE: Coded("1483009", "SCT", "Angle"),
    _K.COBB: Coded("285285000", "SCT", "Cobb angle"),
    _K.BIDIRECTIONAL: Coded("103339001", "SCT", "Long axis"),
    _K.CENTRE_LINE: Coded("121206", "DCM", "Distance"),
    # LOINC has the ratios of areas and of circumferences (CID 12279); for that of the widths no
    # public code is known.
    _K.CARDIOTHORACIC: Coded("CTR", "99NOCTURNE", "Cardiothoracic ratio"),
}
_MEAN = Coded("373098007", "SCT", "Mean")
_DEVIATION = Coded("386136009", "SCT", "Standard Deviation")
_MAXIMUM = Coded("56851009", "SCT", "Maximum")
_AREA = Coded("42798000", "SCT", "Area")
_TIME = Coded("110858", "DCM", "Time")
_VELOCITY = Coded("110828", "DCM", "Flow Velocity")
#: What is not the value that its kind names, by its unit: in ultrasound regions.
_BY_UNIT = {"s": _TIME, "cm/s": _VELOCITY}
#: Further numbers of a measurement, by their names.
_DETAILS = {
    "short axis": Coded("103340004", "SCT", "Short axis"),
    "Δt": _TIME,
    "Δv": _VELOCITY,
}
#: UCUM codes of our units; what has none is written in the text only.
UNITS = {
    "mm": Coded("mm", "UCUM", "millimeter"),
    "mm2": Coded("mm2", "UCUM", "square millimeter"),
    "deg": Coded("deg", "UCUM", "degree"),
    "s": Coded("s", "UCUM", "second"),
    "cm/s": Coded("cm/s", "UCUM", "centimeter per second"),
    "1": Coded("1", "UCUM", "no units"),
    "HU": Coded("[hnsf'U]", "UCUM", "Hounsfield unit"),
    # PS3.16 CID 85; a g/ml that does not say which SUV it is has no code.
    SuvKind.BW.words: Coded("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight"),
    SuvKind.LBM.words: Coded(
        "g/ml{SUVlbm}", "UCUM", "Standardized Uptake Value lean body mass (James)"
    ),
    SuvKind.LBM_JAMES_128.words: Coded(
        "g/ml{SUVlbm(James128)}",
        "UCUM",
        "Standardized Uptake Value lean body mass (James 128 multiplier)",
    ),
    SuvKind.LBM_JANMA.words: Coded(
        "g/ml{SUVlbm(Janma)}", "UCUM", "Standardized Uptake Value lean body mass (Janma)"
    ),
    SuvKind.BSA.words: Coded(
        "cm2/ml{SUVbsa}", "UCUM", "Standardized Uptake Value body surface area"
    ),
    SuvKind.IBW.words: Coded("g/ml{SUVibw}", "UCUM", "Standardized Uptake Value ideal body weight"),
}


def quantities_of(measurement: Measurement) -> tuple[Quantity, ...]:
    """The numbers of one measurement that have a code and a unit; none where they have not.

    On a fused picture those of the volume over it follow, each with the frame that it is of.
    """
    result, kind = measurement.result, measurement.kind
    found: list[tuple[Coded, float, str]] = []
    statistics = result.statistics
    if kind in _NAMES:
        name = _BY_UNIT.get(result.unit, _NAMES[kind])
        found = [(name, result.value, result.unit)]
        # A time or velocity that is the value itself is not told twice.
        found += [
            (_DETAILS[each.name], each.value, each.unit)
            for each in result.details
            if each.name in _DETAILS and _DETAILS[each.name] != name
        ]
    elif kind in REGION_KINDS and statistics is not None:
        found = [
            (_MEAN, statistics.mean, statistics.unit),
            (_DEVIATION, statistics.sd, statistics.unit),
        ]
        if statistics.area_mm2 is not None:
            found.append((_AREA, statistics.area_mm2, "mm2"))
    elif kind in REGION_KINDS:
        found = [(_AREA, result.value, result.unit)]
    elif result.unit in _BY_UNIT:
        # A point of a Doppler region.
        found = [(_BY_UNIT[result.unit], result.value, result.unit)]
    over = () if result.layer is None else _of_layer(result.layer)
    return (*_coded(found, measurement.frame), *over)


def _of_layer(held: LayerValue) -> tuple[Quantity, ...]:
    """The values of the volume over a picture, with the maximum that uptake is read by. Those whose
    frame is not known are told in the text alone: a number of no image would be taken for one of
    the picture below."""
    statistics = held.statistics
    if statistics is None or held.frame is None:
        return ()
    found = [
        (_MEAN, statistics.mean, statistics.unit),
        (_DEVIATION, statistics.sd, statistics.unit),
        (_MAXIMUM, statistics.maximum, statistics.unit),
    ]
    return _coded(found, held.frame)


def _coded(found: list[tuple[Coded, float, str]], key: FrameKey) -> tuple[Quantity, ...]:
    return tuple(
        Quantity(name, value, UNITS[unit], key.sop_instance_uid, key.frame_number)
        for name, value, unit in found
        if unit in UNITS
    )


def quantities(measurements: Sequence[Measurement]) -> tuple[Quantity, ...]:
    """The numbers of several measurements in their order."""
    return tuple(each for held in measurements for each in quantities_of(held))
