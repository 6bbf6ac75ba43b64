"""Orientation letters at the edges of a view (PS3.3 C.7.6.1.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from workstation.domain.geometry import PlaneGeometry, Vector, orientation_letters
from workstation.domain.image import FrameDescription
from workstation.domain.view import ViewState

_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}
_QUADRUPED = {
    "LE": "RT",
    "RT": "LE",
    "D": "V",
    "V": "D",
    "CR": "CD",
    "CD": "CR",
}


@dataclass(frozen=True, slots=True)
class EdgeLetters:
    """Where each edge of the viewport points; blank where it is unknown."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


def opposite(letters: str) -> str:
    """The letters of the other direction; blank where one of them is not defined."""
    if letters in _QUADRUPED:
        return _QUADRUPED[letters]
    if any(letter not in _OPPOSITE for letter in letters):
        return ""
    return "".join(_OPPOSITE[letter] for letter in letters)


def _short(letters: str) -> str:
    return letters[:2]


def plane_edges(plane: PlaneGeometry) -> EdgeLetters:
    """Letters of an unturned plane: at most two, the second where the edge is oblique."""
    return _edges(plane.row_cosine, plane.column_cosine)


@lru_cache(maxsize=64)
def _edges(row: Vector, column: Vector) -> EdgeLetters:
    def named(direction: Vector) -> str:
        ranked = orientation_letters(direction)
        parts = sorted((abs(value) for value in direction), reverse=True)
        # A second letter tells an oblique edge: at less than some 27 degrees it would be noise.
        return ranked[:2] if parts[1] > 0.5 * parts[0] else ranked[:1]

    right, bottom = named(row), named(column)
    return EdgeLetters(opposite(right), right, opposite(bottom), bottom)


def projection_edges(patient_orientation: tuple[str, str]) -> EdgeLetters:
    """Letters of a projection from Patient Orientation (0020,0020); none is guessed."""
    right, bottom = (_short(part) for part in defined(patient_orientation))
    return EdgeLetters(opposite(right), right, opposite(bottom), bottom)


def defined(patient_orientation: tuple[str, str]) -> tuple[str, str]:
    """The directions of rows and columns as they are written; two blanks where one of them is not
    defined, or where both run along one axis, which no image does."""
    along_row, along_column = (
        part if part in _QUADRUPED else part[:1] for part in patient_orientation
    )
    parallel = along_column in (along_row, opposite(along_row))
    if parallel or not all(opposite(part) for part in patient_orientation):
        return "", ""
    return patient_orientation


def edge_letters(
    plane: PlaneGeometry | None, patient_orientation: tuple[str, str], view: ViewState
) -> EdgeLetters:
    """Letters at the edges of a view that is turned and flipped."""
    edges = plane_edges(plane) if plane is not None else projection_edges(patient_orientation)
    for _ in range((view.rotation % 360) // 90):
        # A quarter clockwise: what pointed up points right.
        edges = EdgeLetters(left=edges.bottom, right=edges.top, top=edges.left, bottom=edges.right)
    if view.flipped:
        edges = EdgeLetters(edges.right, edges.left, edges.top, edges.bottom)
    return edges


def letters_of(
    frame: FrameDescription | None, plane: PlaneGeometry | None, view: ViewState, *, acquired: bool
) -> EdgeLetters:
    """Letters at the edges of a picture: the frame as it was acquired, or a plane cut through it.

    The axes of an animal's space have other names in head, trunk and limbs (PS3.3 C.7.6.2.1.1), and
    never those of a human: only what the device wrote of the image itself is shown.
    """
    written = ("", "") if frame is None else frame.patient_orientation
    if frame is not None and frame.quadruped:
        return edge_letters(None, written if acquired else ("", ""), view)
    return edge_letters(plane, written, view)


def spoken(edges: EdgeLetters, superior: str = "H/F") -> EdgeLetters:
    """Head and feet written as H/F or S/I."""
    if superior == "H/F":
        return edges
    table = str.maketrans("HF", "SI")
    return EdgeLetters(
        *(edge.translate(table) for edge in (edges.left, edges.right, edges.top, edges.bottom))
    )
