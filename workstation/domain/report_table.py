"""Tables in the text of a report.

A row is a line whose cells are parted by tabs while it is written, and by bars once it is signed,
padded so that the columns stand below each other in any form that is plain text. The table of the
pages is drawn from the same lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

#: Stands in the last cell of a row: the difference between the two cells before it.
CHANGE = "t:change"
CELL = "\t"

_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s*[×x]\s*(\d+(?:[.,]\d+)?))?\s*(mm|cm)\b")
_TO_MM = {"mm": 1.0, "cm": 10.0}


def is_row(line: str) -> bool:
    """Whether a line of a draft is a row."""
    return CELL in line


def is_signed_row(line: str) -> bool:
    """Whether a line of a signed text is a row."""
    return line.startswith("| ") and line.endswith(" |")


def cells(line: str) -> list[str]:
    """The cells of a row of a draft."""
    return [each.strip() for each in line.split(CELL)]


def signed_cells(line: str) -> list[str]:
    """The cells of a row of a signed text."""
    return [each.strip() for each in line[2:-2].split(" | ")]


def axes_mm(words: str) -> tuple[float, ...]:
    """The first size in a cell in mm, one number or two; none where no unit says what they are."""
    match = _SIZE.search(words)
    if match is None:
        return ()
    numbers = (each for each in match.group(1, 2) if each is not None)
    return tuple(round(float(each.replace(",", ".")) * _TO_MM[match[3]], 6) for each in numbers)


def size_mm(words: str) -> float | None:
    """The first size in a cell in mm, the longer one of two; None where no unit says what it is."""
    return max(axes_mm(words), default=None)


def change_words(before: str, now: str) -> str:
    """The difference of two sizes as they are printed: `+3.2 mm (+53 %)`; empty where one of them
    is unknown. From what is printed, so that anybody can check it."""
    old, new = size_mm(before), size_mm(now)
    if old is None or new is None:
        return ""
    difference = round(new - old, 3)
    words = f"{difference:+.1f} mm"
    if old > 0:
        words += f" ({100 * difference / old:+.0f} %)"
    return (
        words.replace("-", "−")
        .replace("+0.0", "0.0")
        .replace("−0.0 ", "0.0 ")
        .replace("(+0 %)", "(0 %)")
        .replace("(−0 %)", "(0 %)")
    )


def change_in_row(row: Sequence[str]) -> str:
    """The change of a row: between the cell before its last one and the one before that."""
    return change_words(row[-3], row[-2]) if len(row) > 2 else ""


def _row(line: str) -> list[str]:
    held = [each.replace("|", "/") for each in cells(line)]
    if held[-1] == f"{{{{{CHANGE}}}}}":
        held[-1] = change_in_row(held)
    return held


def signed(text: str) -> str:
    """The text with the rows of its tables as they are signed: changes written out, columns padded.

    Rows in which nothing but changes would stand are left out.
    """
    lines: list[str] = []
    for table, held in groupby(text.split("\n"), is_row):
        if not table:
            lines += held
            continue
        rows = [row for row in map(_row, held) if any(row)]
        wide = max((len(row) for row in rows), default=0)
        rows = [row + [""] * (wide - len(row)) for row in rows]
        widths = [max(len(row[at]) for row in rows) for at in range(wide)] if rows else []
        for row in rows:
            padded = (each.ljust(width) for each, width in zip(row, widths, strict=True))
            lines.append(f"| {' | '.join(padded)} |")
    return "\n".join(lines)


def reopened(text: str) -> str:
    """A signed text as it is written on: its rows as rows of a draft, which `signed` makes the same
    lines of."""
    return "\n".join(
        CELL.join(signed_cells(line)) if is_signed_row(line) else line for line in text.split("\n")
    )


def parts(text: str) -> Iterator[str | list[list[str]]]:
    """A signed text as its lines and, where rows follow each other, as tables of cells."""
    for table, held in groupby(text.split("\n"), is_signed_row):
        if table:
            yield [signed_cells(line) for line in held]
        else:
            yield from held
