"""A document as it is read: headings, text, values, tables, references to images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from workstation.domain.image import FrameKey


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` counts from 0."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text of its own; lines are kept."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A name and its value."""

    name: str
    value: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list; `mark` is its number, or empty for a bullet."""

    text: str
    mark: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length under their column titles; `columns` may be empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    level: int = 0

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows} | ({len(self.columns)} if self.columns else set())
        if len(widths) > 1:
            raise ValueError("the rows of a table are of one length")


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """Objects or frames that the document names, as `what` ("image", "region on an image").

    `unnamed` counts references that do not say which object they mean.
    """

    name: str
    what: str
    frames: tuple[FrameKey, ...]
    level: int = 0
    unnamed: int = 0

    def __post_init__(self) -> None:
        if not self.frames and self.unnamed < 1:
            raise ValueError("a reference names something")

    @property
    def words(self) -> str:
        """`(2 images referenced)`."""
        count = len(self.frames) + self.unnamed
        return f"({count} {self.what}{'s' if count > 1 else ''} referenced)"


Block: TypeAlias = Heading | Paragraph | NamedValue | ListItem | Table | ObjectReference


@dataclass(frozen=True, slots=True)
class ReadablePage:
    """A document of blocks in reading order. `standing` says who stands for it, and how."""

    title: str
    blocks: tuple[Block, ...]
    standing: str = ""

    def text(self) -> str:
        """The page as lines of plain text, two blanks a level."""
        lines = [self.standing] if self.standing else []
        for block in self.blocks:
            indent = "  " * block.level
            if isinstance(block, Table):
                rows = (block.columns, *block.rows) if block.columns else block.rows
                lines += [indent + " | ".join(row) for row in rows]
            elif isinstance(block, NamedValue):
                parts = (part for part in (block.name, block.value) if part)
                lines.append(indent + ": ".join(parts))
            elif isinstance(block, ObjectReference):
                lines.append(indent + ": ".join(p for p in (block.name, block.words) if p))
            elif isinstance(block, ListItem):
                lines.append(f"{indent}{block.mark or '-'} {block.text}")
            else:
                lines.append(indent + block.text)
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class PdfFile:
    """The bytes of a PDF document."""

    title: str
    content: bytes
