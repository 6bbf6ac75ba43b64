"""Lines of the RECIST table out of what was measured: the table of lesions of the report, the sizes
of earlier studies, the table of an earlier report. What is not known for certain stays open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workstation.domain.report_table import axes_mm, parts
from workstation.workflow.calculators.target_lesions import TargetTable, to_lines
from workstation.workflow.lesion_table import LESION, NOW, PriorSizes

_NO_DAY = "date unknown"


@dataclass(frozen=True, slots=True)
class LesionRow:
    """A row of the table of lesions, in the words that are printed; empty is not known. `then` was
    measured on `day`."""

    name: str
    now: str
    then: str = ""
    day: str = ""

    @property
    def key(self) -> str:
        """What lesions are told apart by."""
        return _key(self.name)


@dataclass(frozen=True, slots=True)
class FilledLines:
    """Both fields as `target_lesions.from_lines` reads them, and what the reader has to know."""

    examinations: str
    lesions: str
    notes: tuple[str, ...] = ()


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def rows_in(text: str) -> tuple[LesionRow, ...]:
    """The rows of the tables of lesions in a text as it would be signed."""
    found = []
    for part in parts(text):
        if isinstance(part, str) or part[0][0] != LESION or NOW not in part[0]:
            continue
        head = part[0]
        now = head.index(NOW)
        for cells in part[1:]:
            then, day = (cells[1], head[1]) if now == 2 else ("", "")
            found.append(LesionRow(cells[0], cells[now], then, day))
    return tuple(found)


def fill(
    today: str,
    rows: Sequence[LesionRow],
    priors: Sequence[PriorSizes],
    before: TargetTable | None,
    organs: Mapping[str, str],
) -> FilledLines:
    """The lines. `priors` are the earlier studies on which anything was measured, newest first;
    `before` is the table of the newest earlier report that holds one, which is gone on with;
    `organs` are the organs of lesions that were named before.

    A size is taken over by the name of its lesion alone. An organ is never made up.
    """
    named = [each for each in rows if each.key]
    count = Counter(each.key for each in named)
    once = {each.key: each for each in named if count[each.key] == 1}
    notes = [
        f"{each.name.strip()} was measured more than once: which one counts is yours to say."
        for each in {each.key: each for each in named if count[each.key] > 1}.values()
    ]
    if len(rows) > len(named):
        bare = len(rows) - len(named)
        notes.append(
            f"{bare} {'lesion without a name is' if bare == 1 else 'lesions without a name are'}"
            " left out: name what is measured, or the lesion in the table of the report."
        )
    if before is not None:
        return _gone_on_with(today, before, once, named, notes)
    known = {_key(name): organ for name, organ in organs.items()}
    held = [each for each in reversed(priors) if each.sizes]
    days = [each.day or _NO_DAY for each in held]
    lines = []
    for row in once.values():
        then = [
            row.then if row.then and row.day == each.day else each.size_of(row.name)
            for each in held
        ]
        sizes = [_axes(each) for each in (*then, row.now)]
        lines.append("; ".join((row.name.strip(), known.get(row.key, ""), *sizes)))
    return FilledLines("; ".join((*days, today)), "\n".join(lines), tuple(notes))


def _gone_on_with(
    today: str,
    before: TargetTable,
    once: Mapping[str, LesionRow],
    named: Iterable[LesionRow],
    notes: list[str],
) -> FilledLines:
    dates, lines = to_lines(before)
    made, missing = [], []
    for lesion, line in zip(before.lesions, lines.split("\n"), strict=True):
        row = once.get(_key(lesion.name))
        if row is None:
            missing.append(lesion.name)
        made.append(f"{line}; {_axes(row.now) if row is not None else ''}")
    targets = {_key(each.name) for each in before.lesions}
    others = [
        f"{each.name.strip()} {each.now}".strip() for each in named if each.key not in targets
    ]
    if missing:
        notes.append(f"No size of now by the name of: {', '.join(missing)}.")
    if others:
        notes.append(f"Measured and no target: {', '.join(others)}. Say whether a lesion is new.")
    return FilledLines(f"{dates}; {today}", "\n".join(made), tuple(notes))


def _axes(words: str) -> str:
    return " × ".join(f"{each:g}" for each in axes_mm(words))
