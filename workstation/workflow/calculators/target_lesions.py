"""Target lesions of RECIST 1.1 across examinations: typed, summed, judged, written, read back.

The table in a signed report is the memory: the next examination begins with its lesions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workstation.workflow.calculators.model import AnswerRefused, Outcome
from workstation.workflow.calculators.response import GONE, OTHERS, Sums, because, response

_ARROW = " → "
#: It may stand behind a label of the template.
_HEAD = re.compile(r"Target lesions \(RECIST 1\.1\), (.+), mm:$")
_LESION = re.compile(r"^\d+\. (.+) \(([^()]+?)(, short axis)?\): (.+)$")
_UNKNOWN = "not measured"
_ANSWERS = re.compile(r"Non-target lesions: (.+)\. New lesions: (yes|no)\.")
#: What stands below the lesions of a table.
_TAIL = re.compile(
    r"Sum: |Non-target lesions: |Baseline: |"
    r"(?:Complete response|Partial response|Stable disease|Progressive disease|Not evaluable) \("
)
#: The outcome of the first examination.
BASELINE = "Baseline"
_TWO_AXES = re.compile(r"\s*[×x]\s*")
_NODES = frozenset({"node", "nodes", "lymph node", "lymph nodes"})


@dataclass(frozen=True, slots=True)
class TargetLesion:
    """One target lesion: longest diameters in mm at each examination, short axes of a node.

    None is not measured. ValueError for a name or an organ that is missing.
    """

    name: str
    organ: str
    node: bool
    sizes_mm: tuple[float | None, ...]

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.organ.strip():
            raise ValueError("a lesion has a name and an organ")
        if any(each is not None and not 0 <= each <= 1000 for each in self.sizes_mm):
            raise ValueError("a size lies between 0 and 1000 mm")


@dataclass(frozen=True, slots=True)
class TargetTable:
    """Lesions across examinations, the first is the baseline, the last the one that is read. With
    one alone it is the baseline that is read, and there is no response yet.

    AnswerRefused, in words, for what RECIST 1.1 does not allow as target lesions (3.1, 3.2).
    """

    examinations: tuple[str, ...]
    lesions: tuple[TargetLesion, ...]

    def __post_init__(self) -> None:
        if not self.examinations or not self.lesions:
            raise AnswerRefused(
                "Response needs a baseline and one more examination, with a lesion on both.",
                remedy="Enter the sizes at baseline and now.",
            )
        if any(len(each.sizes_mm) != len(self.examinations) for each in self.lesions):
            raise ValueError("each lesion has a size for each examination")
        if len(self.lesions) > 5:
            raise AnswerRefused(
                f"{len(self.lesions)} lesions are more than the five targets allowed.",
                remedy="Leave out the smallest.",
            )
        organs = [each.organ.strip().lower() for each in self.lesions]
        # Nodes count as one organ.
        organs = ["nodes" if each.node else o for each, o in zip(self.lesions, organs, strict=True)]
        crowded = next((each for each in organs if organs.count(each) > 2), None)
        if crowded is not None:
            raise AnswerRefused(
                f"There are more than two target lesions in one organ ({crowded}).",
                remedy="Leave out the smallest.",
            )
        for each in self.lesions:
            first = each.sizes_mm[0]
            least = 15 if each.node else 10
            if first is None or first < least:
                axis = "short axis" if each.node else "diameter"
                raise AnswerRefused(
                    f"{each.name}: at baseline a target has a {axis} of at least {least} mm.",
                    remedy="Name it among the non-target lesions.",
                )

    @property
    def is_baseline(self) -> bool:
        """Whether there is nothing to compare with."""
        return len(self.examinations) == 1

    def sums_mm(self) -> tuple[float | None, ...]:
        """The sum of each examination; None where a lesion was not measured."""
        columns = zip(*(each.sizes_mm for each in self.lesions), strict=True)
        return tuple(
            None if any(size is None for size in held) else sum(size or 0.0 for size in held)
            for held in columns
        )

    def sums(self) -> Sums | None:
        """The three sums that the response is made of; None where the last is not known, or at
        baseline."""
        *before, now = self.sums_mm()
        known = [each for each in before if each is not None]
        if now is None or not known:
            return None
        return Sums(known[0], min(known), now)

    def response(self, others: str, new: bool) -> Outcome:
        """The response at the last examination; at baseline the sum alone."""
        if self.is_baseline:
            return Outcome(BASELINE, reason=f"sum {self.sums_mm()[0]:g} mm")
        sums = self.sums()
        if sums is None:
            progressed = new or others == OTHERS[-1]
            return Outcome(
                "Progressive disease (PD)" if progressed else "Not evaluable (NE)",
                reason="a target lesion was not measured",
            )
        gone = all(
            (size or 0.0) < 10.0 if each.node else size == 0.0
            for each in self.lesions
            for size in each.sizes_mm[-1:]
        )
        result = response(sums, GONE if gone else "measurable", others, new)
        return Outcome(result, reason=because(sums, others, new))

    def text(self, others: str, new: bool) -> str:
        """Lines for the report: a line a lesion, the sums, the response and its reason."""
        outcome = self.response(others, new)
        dates = _ARROW.join(self.examinations)
        lines = [f"Target lesions (RECIST 1.1), {dates}, mm:"]
        for number, each in enumerate(self.lesions, 1):
            axis = ", short axis" if each.node else ""
            lines.append(f"{number}. {each.name} ({each.organ}{axis}): {_sizes(each.sizes_mm)}")
        lines.append(f"Sum: {_sizes(self.sums_mm())}")
        if not self.is_baseline:
            lines.append(f"Non-target lesions: {others}. New lesions: {'yes' if new else 'no'}.")
        lines.append(f"{outcome.result}: {outcome.reason}.")
        return "\n".join(lines)


def _sizes(sizes: Sequence[float | None]) -> str:
    return _ARROW.join(_UNKNOWN if each is None else f"{each:g}" for each in sizes)


def from_lines(examinations: str, lesions: str) -> TargetTable:
    """The table as it is typed: examinations parted by `;`, and a line a lesion: its name, its
    organ, a size in mm for each examination, parted by `;`, `-` for not measured. Of `26 × 17` a
    node takes the short axis, anything else the long one.

    AnswerRefused names the line that cannot be read.
    """
    dates = tuple(each.strip() for each in examinations.split(";") if each.strip())
    found = []
    for number, line in enumerate(lesions.splitlines(), 1):
        if not line.strip():
            continue
        name, organ, *sizes = (each.strip() for each in f"{line};;".split(";")[: 2 + len(dates)])
        if not name or not organ:
            raise _unread(number, "it needs a name, an organ, and a size for each examination")
        if len([each for each in line.split(";") if each.strip()]) != 2 + len(dates):
            raise _unread(number, f"it needs {len(dates)} sizes, one for each examination")
        node = organ.lower() in _NODES
        found.append(TargetLesion(name, organ, node, tuple(_axis(s, number, node) for s in sizes)))
    return TargetTable(dates, tuple(found))


def _unread(number: int, why: str) -> AnswerRefused:
    return AnswerRefused(
        f"Line {number} cannot be read: {why}.", remedy="Write: name; organ; 40; 20; 26"
    )


def _axis(text: str, number: int, node: bool) -> float | None:
    """One size; of two, long and short as they were measured, the short one of a node (3.1.1)."""
    both = [_size(each, number) for each in _TWO_AXES.split(text)]
    held = [each for each in both if each is not None]
    if len(held) < len(both):
        return None
    return min(held) if node else max(held)


def _size(text: str, number: int) -> float | None:
    if text in ("-", "–", _UNKNOWN):
        return None
    try:
        value = float(text.removesuffix("mm").strip().replace(",", "."))
    except ValueError as error:
        raise _unread(number, f"“{text}” is no size in mm") from error
    if not 0 <= value <= 1000:
        raise _unread(number, f"{value:g} mm is no size of a lesion")
    return value


def to_lines(table: TargetTable) -> tuple[str, str]:
    """The table as `from_lines` reads it."""
    lesions = [
        "; ".join((each.name, each.organ, *("-" if s is None else f"{s:g}" for s in each.sizes_mm)))
        for each in table.lesions
    ]
    return "; ".join(table.examinations), "\n".join(lesions)


@dataclass(frozen=True, slots=True)
class ReportedTable:
    """A table in the text of a report: from the first letter of its head to the last of its
    response. `stands` is False where its sum or its response is not what its sizes make."""

    table: TargetTable
    start: int
    end: int
    stands: bool


def in_report(text: str) -> TargetTable | None:
    """The table that `TargetTable.text` wrote into a report; None where there is none, or where a
    line of it was changed so that it cannot be read for certain."""
    found = reported(text)
    return found.table if found is not None else None


def reported(text: str) -> ReportedTable | None:
    """The first table in a text that can be read, with its place."""
    lines = text.split("\n")
    at = 0
    for number, line in enumerate(lines):
        head = _HEAD.search(line.rstrip())
        if head is not None:
            return _read(lines[number:], head, at)
        at += len(line) + 1
    return None


def _read(lines: Sequence[str], head: re.Match[str], at: int) -> ReportedTable | None:
    dates = tuple(head[1].split(_ARROW))
    lesions: list[TargetLesion] = []
    for line in lines[1:]:
        found = _LESION.match(line.strip())
        if found is None:
            break
        sizes = found[4].split(_ARROW)
        try:
            held = tuple(None if each == _UNKNOWN else float(each) for each in sizes)
            lesions.append(TargetLesion(found[1], found[2], bool(found[3]), held))
        except ValueError:
            return None
    try:
        table = TargetTable(dates, tuple(lesions))
    except (ValueError, AnswerRefused):
        return None
    written = [lines[0][head.start() :].rstrip(), *(each.strip() for each in lines[1:])]
    answers = next(filter(None, map(_ANSWERS.fullmatch, written)), None)
    others, new = (answers[1], answers[2] == "yes") if answers is not None else (OTHERS[0], False)
    made = table.text(others, new).split("\n")
    stands = written[: len(made)] == made
    # Of one that was changed by hand only its head, its lesions and its sum are certain.
    rows = len(made) if stands else 1 + len(lesions)
    while not stands and rows < len(lines) and _TAIL.match(lines[rows].strip()):
        rows += 1
    end = at + sum(len(each) + 1 for each in lines[:rows]) - 1
    return ReportedTable(table, at + head.start(), end, stands)
