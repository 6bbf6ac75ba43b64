"""Contents of overlay objects on a plane: lines, fills and washes in its pixels, without Qt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry
from workstation.domain.image import FrameDescription, FrameKey
from workstation.domain.overlays import (
    Colour,
    ContourKind,
    DoseGrid,
    FlatMask,
    MarkShape,
    OverlayContent,
    OverlayItem,
    Segmentation,
    SRMark,
    SRMeasurements,
    Structure,
    StructureSet,
    inside,
)
from workstation.imaging import contour_cut, isodose, mask_cut
from workstation.imaging.isodose import DoseLevel
from workstation.imaging.mask_cut import PlaneMask


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One item on a plane; coordinates are (column, row), the centre of the first pixel at 0, 0.

    `lines` (n, 4) are pieces x0, y0, x1, y1; `paths` are polylines with whether they close.
    """

    item: OverlayItem
    lines: NDArray[np.float64]
    paths: tuple[tuple[NDArray[np.float64], bool], ...] = ()
    points: NDArray[np.float64] | None = None
    fill: PlaneMask | None = None
    wash: NDArray[np.uint8] | None = None
    #: lines of equal dose, each level with its own colour
    isolines: tuple[tuple[DoseLevel, NDArray[np.float64]], ...] = ()
    #: drawn from the solid that contours stand for, not from contours in this plane
    interpolated: bool = False
    #: what stands beside it on the image: the first value of a measurement
    words: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing of it lies on the plane."""
        drawn = len(self.lines) or self.paths or self.isolines or self.points is not None
        return not drawn and self.fill is None

    @property
    def anchor(self) -> tuple[float, float] | None:
        """The uppermost point of what is drawn, where its number stands."""
        held = [self.lines[:, :2], self.lines[:, 2:]] if len(self.lines) else []
        held += [path for path, _ in self.paths]
        if self.points is not None:
            held.append(self.points)
        if not held:
            return None
        every = np.concatenate(held)
        top = every[np.argmin(every[:, 1])]
        return float(top[0]), float(top[1])


_NO_LINES: NDArray[np.float64] = np.empty((0, 4))


def segment_layers(
    content: Segmentation,
    frame: FrameDescription | None,
    plane: PlaneGeometry | None,
    visible: Collection[int],
) -> list[Layer]:
    """The segments that touch the plane, nearest voxel, and those that were made on the frame."""
    found = []
    for held in content.segments:
        if held.item.number not in visible:
            continue
        taken = None
        if held.mask is not None and plane is not None:
            taken = mask_cut.cut(held.mask, plane)
        elif frame is not None:
            taken = _on_frame(held.flat, frame)
        if taken is not None:
            border = inside(taken.values, taken.maximum)
            lines = mask_cut.edges(border, taken.row, taken.column)
            found.append(Layer(held.item, lines, fill=taken))
    return found


def _on_frame(flat: Collection[FlatMask], frame: FrameDescription) -> PlaneMask | None:
    size = (frame.pixel_format.rows, frame.pixel_format.columns)
    for held in flat:
        if _made_on(held, frame) and (held.rows, held.columns) == size:
            return PlaneMask(held.values, held.row, held.column, held.maximum)
    return None


class NotDrawn(StrEnum):
    """Why nothing of an object is drawn over an image that it names."""

    MATRIX = "its matrix is another than that of the image"
    NO_PLACE = "it lies in the patient, and the image has no place there"
    MOVED = "it was drawn on an image whose pixels lie elsewhere"


def why_not(content: OverlayContent, frame: FrameDescription) -> NotDrawn | None:
    """Why an object that belongs to a frame cannot be laid over it; None where it can, also where
    nothing of it lies there."""
    if isinstance(content, SRMeasurements):
        moved = frame.moved_pixels
        held = (mark.frame for each in content.measurements for mark in each.marks)
        named = {key.sop_instance_uid for key in held if key is not None}
        return NotDrawn.MOVED if named & moved and frame.key.sop_instance_uid not in named else None
    if not isinstance(content, Segmentation):
        return NotDrawn.NO_PLACE if frame.plane is None else None
    size = (frame.pixel_format.rows, frame.pixel_format.columns)
    flat = [each for held in content.segments for each in held.flat]
    own = [each for each in flat if _made_on(each, frame)]
    if any((each.rows, each.columns) != size for each in own):
        return NotDrawn.MATRIX
    if not own and any(each.frame.sop_instance_uid in frame.moved_pixels for each in flat):
        return NotDrawn.MOVED
    if frame.plane is None and any(held.mask is not None for held in content.segments):
        return NotDrawn.NO_PLACE
    return None


def _made_on(flat: FlatMask, frame: FrameDescription) -> bool:
    """Whether pixels of a segment were made on a frame, or on one that it was made of."""
    return flat.frame == frame.key or flat.frame.sop_instance_uid in frame.same_pixels


def structure_layers(
    content: StructureSet, plane: PlaneGeometry, visible: Collection[int]
) -> list[Layer]:
    """Contours that lie in the plane as they were drawn; else the solid they stand for, cut."""
    found = []
    for held in content.structures:
        if held.item.number in visible:
            layer = _structure_layer(held, plane)
            if layer is not None:
                found.append(layer)
    return found


def _structure_layer(held: Structure, plane: PlaneGeometry) -> Layer | None:
    paths: list[tuple[NDArray[np.float64], bool]] = []
    points: list[NDArray[np.float64]] = []
    for contour in held.contours:
        here = contour_cut.in_plane(contour, plane)
        if here is None:
            continue
        if contour.kind is ContourKind.POINT:
            points.append(here)
        else:
            paths.append((here, contour.kind is ContourKind.CLOSED))
    closed = [path for path, closes in paths if closes]
    if paths or points:
        marks = np.concatenate(points) if points else None
        fill = _filled(closed, plane) if closed else None
        return Layer(held.item, _NO_LINES, tuple(paths), marks, fill)
    taken = mask_cut.cut(held.solid, plane) if held.solid is not None else None
    if taken is None:
        return None
    lines = mask_cut.edges(taken.values > 0, taken.row, taken.column)
    return Layer(held.item, lines, fill=taken, interpolated=True)


def _filled(closed: list[NDArray[np.float64]], plane: PlaneGeometry) -> PlaneMask | None:
    mask = contour_cut.rasterised(closed, plane.rows, plane.columns)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return PlaneMask(part.astype(np.uint8), int(rows[0]), int(columns[0]))


def dose_layer(content: DoseGrid, plane: PlaneGeometry, opacity: float) -> Layer | None:
    """Wash and lines of equal dose, linear between grid points; None where it does not reach."""
    drawn = isodose.levels(content)
    if not drawn:
        return None
    values = isodose.cut(content, plane)
    with np.errstate(invalid="ignore"):
        if not (values >= drawn[-1].value).any():
            return None
    lines = tuple((level, isodose.isolines(values, level.value)) for level in drawn)
    return Layer(
        content.item,
        _NO_LINES,
        wash=isodose.wash(values, drawn, opacity),
        isolines=tuple((level, held) for level, held in lines if len(held)),
    )


def measurement_layers(
    content: SRMeasurements,
    frame: FrameKey | None,
    plane: PlaneGeometry | None,
    visible: Collection[int],
    same: Collection[str] = (),
) -> list[Layer]:
    """Measurements of a report that were made on the frame, or lie in the plane in its space.
    `same` are images whose pixels lie at the same places as those of the frame."""
    found = []
    for held in content.measurements:
        if held.item.number not in visible:
            continue
        paths: list[tuple[NDArray[np.float64], bool]] = []
        points: list[NDArray[np.float64]] = []
        for mark in held.marks:
            here = _mark_points(mark, frame, plane, same)
            if here is None:
                continue
            if mark.shape in (MarkShape.POINT, MarkShape.POINTS):
                points.append(here)
            elif mark.shape is MarkShape.ELLIPSE:
                paths.append((_ellipse(here), True))
            else:
                paths.append((here, mark.shape is MarkShape.POLYGON))
        if paths or points:
            marks = np.concatenate(points) if points else None
            words = " ".join(held.values[0]) if held.values else ""
            found.append(Layer(held.item, _NO_LINES, tuple(paths), marks, words=words))
    return found


def _mark_points(
    mark: SRMark, frame: FrameKey | None, plane: PlaneGeometry | None, same: Collection[str]
) -> NDArray[np.float64] | None:
    if mark.frame is not None:
        own = mark.frame == frame or (frame is not None and mark.frame.sop_instance_uid in same)
        return np.asarray(mark.points, np.float64) if own else None
    if plane is None or mark.frame_of_reference_uid != plane.frame_of_reference_uid:
        return None
    placed = np.asarray([plane.to_image(position) for position in mark.positions])
    if np.abs(placed[:, 2]).max() > max(0.5 * min(plane.spacing_mm), contour_cut.IN_PLANE_MM):
        return None
    return np.ascontiguousarray(placed[:, :2])


def _ellipse(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """A polyline around an ellipse given by the ends of its axes."""
    middle = ends[:2].mean(axis=0)
    long, short = (ends[1] - ends[0]) / 2, (ends[3] - ends[2]) / 2
    turn = np.linspace(0, 2 * np.pi, 96, endpoint=False)[:, None]
    return np.asarray(middle + long * np.cos(turn) + short * np.sin(turn))


def fill_picture(fill: PlaneMask, colour: Colour, opacity: float) -> NDArray[np.uint8]:
    """RGBA of a fill, not premultiplied: a fraction is as opaque as it is large."""
    picture = np.empty((*fill.values.shape, 4), np.uint8)
    picture[..., :3] = colour
    picture[..., 3] = np.rint(fill.values.astype(np.float32) * (255 * opacity / fill.maximum))
    return picture


def blended(picture: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB of an 8-bit picture with RGBA above it: c = a·above + (1 - a)·below (Porter and Duff
    1984, over)."""
    below = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
    alpha = above[..., 3:].astype(np.float32) / 255
    mixed = alpha * above[..., :3] + (1 - alpha) * below
    return np.rint(mixed).astype(np.uint8)


def drawn_over(
    picture: NDArray[np.uint8], layers: Collection[Layer], *, filled: bool, opacity: float
) -> NDArray[np.uint8]:
    """RGB of a picture at native size with layers over it: one pixel wide lines."""
    result = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture.copy()
    for layer in layers:
        if layer.wash is not None:
            result = blended(result, layer.wash)
        fill = layer.fill
        if fill is None:
            continue
        high, wide = fill.values.shape
        area = (slice(fill.row, fill.row + high), slice(fill.column, fill.column + wide))
        if filled:
            result[area] = blended(result[area], fill_picture(fill, layer.item.colour, opacity))
        if not layer.paths:
            border = mask_cut.boundary(inside(fill.values, fill.maximum))
            result[area][border] = layer.item.colour
    result = np.ascontiguousarray(result)
    for layer in layers:
        for path, closes in layer.paths:
            _polyline(result, path, closes, layer.item.colour)
        for level, lines in layer.isolines:
            for line in lines:
                _polyline(result, line.reshape(2, 2), False, level.colour)
        for x, y in layer.points if layer.points is not None else ():
            cv2.drawMarker(result, (round(x), round(y)), layer.item.colour, cv2.MARKER_CROSS, 9)
    return result


def _polyline(
    picture: NDArray[np.uint8], path: NDArray[np.float64], closes: bool, colour: Colour
) -> None:
    # OpenCV takes sixteenths of a pixel, so that a line runs where its points lie.
    points = np.rint(path * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(picture, [points], closes, colour, 1, cv2.LINE_AA, 4)
