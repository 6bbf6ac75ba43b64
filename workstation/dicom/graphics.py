"""Graphic and text annotations of a presentation state (PS3.3 C.10.5, C.10.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydicom.dataset import Dataset

from workstation.dicom import attributes, colour
from workstation.domain.geometry import Point
from workstation.domain.presentation import (
    AnnotationUnits,
    Graphic,
    GraphicLayer,
    GraphicType,
    Lettering,
)

_Object = TypeVar("_Object", Graphic, Lettering)

#: More objects than this are no annotation of a picture.
_MOST = 5000


def layers(
    dataset: Dataset, applies: Callable[[Dataset], bool]
) -> tuple[tuple[GraphicLayer, ...], tuple[str, ...]]:
    """(layers in drawing order, what is not drawn). `applies` tells whether an item is for the
    frame that is looked at."""
    left_out: list[str] = []
    graphics: dict[str, list[Graphic]] = {}
    texts: dict[str, list[Lettering]] = {}
    count = 0
    # Compound graphics have plain equivalents beside them (C.10.5): those are drawn.
    for item in attributes.items(dataset, "GraphicAnnotationSequence"):
        if not applies(item):
            continue
        name = attributes.text(item, "GraphicLayer")
        for held in attributes.items(item, "GraphicObjectSequence"):
            count += 1
            _collect(graphics.setdefault(name, []), _graphics, held, left_out, count)
        for held in attributes.items(item, "TextObjectSequence"):
            count += 1
            _collect(texts.setdefault(name, []), _texts, held, left_out, count)
    order = {
        attributes.text(each, "GraphicLayer"): each
        for each in sorted(
            attributes.items(dataset, "GraphicLayerSequence"),
            key=lambda each: attributes.integer(each, "GraphicLayerOrder") or 0,
        )
    }
    named = dict.fromkeys((*order, *graphics, *texts))
    made = tuple(
        GraphicLayer(
            name,
            tuple(graphics.get(name, ())),
            tuple(texts.get(name, ())),
            _colour(order.get(name)),
        )
        for name in named
        if graphics.get(name) or texts.get(name)
    )
    return made, tuple(dict.fromkeys(left_out))


def _collect(
    into: list[_Object],
    read: Callable[[Dataset], Sequence[_Object]],
    item: Dataset,
    left_out: list[str],
    count: int,
) -> None:
    if count > _MOST:
        left_out.append(f"annotations beyond {_MOST}")
        return
    try:
        into.extend(read(item))
    except ValueError as error:
        left_out.append(f"a broken annotation ({error})")


def _colour(layer: Dataset | None) -> tuple[int, int, int] | None:
    if layer is None:
        return None
    lab = attributes.numbers(layer, "GraphicLayerRecommendedDisplayCIELabValue")
    if len(lab) == 3:
        return colour.of_cielab(lab)
    grey = attributes.integer(layer, "GraphicLayerRecommendedDisplayGrayscaleValue")
    if grey is None:
        return None
    value = min(max(grey, 0), 65535) >> 8
    return value, value, value


def _units(item: Dataset, keyword: str) -> AnnotationUnits:
    written = attributes.text(item, keyword)
    if written not in set(AnnotationUnits):
        raise ValueError(f"its units are {written or 'not given'}")
    return AnnotationUnits(written)


def _place(numbers: Sequence[float], units: AnnotationUnits) -> Point:
    """PIXEL counts from the corner of the first pixel (C.10.5), the viewer from its centre."""
    half = 0.5 if units is AnnotationUnits.PIXEL else 0.0
    return numbers[0] - half, numbers[1] - half


def _graphics(item: Dataset) -> list[Graphic]:
    units = _units(item, "GraphicAnnotationUnits")
    data = attributes.numbers(item, "GraphicData")
    points = tuple(_place(pair, units) for pair in zip(data[::2], data[1::2], strict=False))
    written = attributes.text(item, "GraphicType")
    filled = attributes.text(item, "GraphicFilled") == "Y"
    if written == "MULTIPOINT":
        return [Graphic(GraphicType.POINT, (point,), units) for point in points]
    if written not in set(GraphicType):
        raise ValueError(f"its type is {written or 'not given'}")
    return [Graphic(GraphicType(written), points, units, filled)]


def _texts(item: Dataset) -> list[Lettering]:
    anchor = attributes.numbers(item, "AnchorPoint")
    corners = (
        attributes.numbers(item, "BoundingBoxTopLeftHandCorner"),
        attributes.numbers(item, "BoundingBoxBottomRightHandCorner"),
    )
    anchor_units = box_units = AnnotationUnits.PIXEL
    box = None
    if len(anchor) == 2:
        anchor_units = _units(item, "AnchorPointAnnotationUnits")
    if all(len(corner) == 2 for corner in corners):
        box_units = _units(item, "BoundingBoxAnnotationUnits")
        box = (_place(corners[0], box_units), _place(corners[1], box_units))
    return [
        Lettering(
            attributes.text(item, "UnformattedTextValue").replace("\r\n", "\n").replace("\r", "\n"),
            _place(anchor, anchor_units) if len(anchor) == 2 else None,
            anchor_units,
            attributes.text(item, "AnchorPointVisibility") == "Y",
            box,
            box_units,
            attributes.text(item, "BoundingBoxTextHorizontalJustification") or "LEFT",
        )
    ]
