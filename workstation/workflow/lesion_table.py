"""A table of what was measured: each lesion with its size then and now, and the change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.overlays import SRMeasurements
from workstation.domain.report_table import CELL, CHANGE
from workstation.domain.wording import value_text

_MILLIMETRES = re.compile(r"([0-9]+(?:\.[0-9]+)?) mm")
#: What has a size in mm that can be compared.
_SIZES = frozenset({MeasurementKind.LENGTH, MeasurementKind.BIDIRECTIONAL})
#: The open field of a size that is not known to be that of a lesion.
THEN = "size then"
#: Heads of the columns.
LESION, NOW = "Lesion", "Now"


@dataclass(frozen=True, slots=True)
class PriorSizes:
    """What was measured on an earlier study: (name or nothing, size) of each; `day` as a reader
    writes it; `alike` where it is of the modality that is read."""

    day: str
    sizes: tuple[tuple[str, str], ...] = ()
    alike: bool = True

    @property
    def choices(self) -> tuple[str, ...]:
        """The sizes, to choose from."""
        return tuple(dict.fromkeys(size for _, size in self.sizes))

    def size_of(self, name: str) -> str:
        """The size of the one lesion of that name, or nothing."""
        wanted = name.strip().lower()
        found = {size for held, size in self.sizes if wanted and held.strip().lower() == wanted}
        return found.pop() if len(found) == 1 else ""


def prior_sizes(
    day: str,
    measured: Sequence[Measurement],
    reported: Sequence[SRMeasurements],
    *,
    alike: bool = True,
) -> PriorSizes:
    """From the reader's own measurements on the earlier study, and from what its structured reports
    hold (TID 1500); areas and other units are left out."""
    sizes = measured_rows(measured)
    for report in reported:
        for group in report.measurements:
            sizes += [
                (group.item.name, f"{float(match[1]):.1f} mm")
                for _, value in group.values
                if (match := _MILLIMETRES.fullmatch(value.strip()))
            ]
    return PriorSizes(day, tuple(sizes), alike)


def _sized(held: Sequence[Measurement]) -> list[Measurement]:
    return [each for each in held if each.kind in _SIZES and each.result.unit == "mm"]


def measured_rows(now: Sequence[Measurement]) -> list[tuple[str, str]]:
    """(name or nothing, size) of what has a size in mm."""
    return [(each.label.strip(), value_text(each)) for each in _sized(now)]


def newest_of(priors: Sequence[PriorSizes]) -> PriorSizes | None:
    """The newest earlier study of the modality that is read on which anything was measured, else
    the newest of it, else of another; `priors` begin with the newest."""
    return min(priors, key=lambda each: (not each.alike, not each.sizes), default=None)


def lesion_table(now: Sequence[Measurement], prior: PriorSizes | None) -> str:
    """The lines of the table; empty where nothing with a size in mm was measured.

    Sizes of now are links, which follow their measurement. A size of then is taken only where both
    carry the same name; otherwise it is an open field, since which lesion is which is the reader's
    to say.
    """
    sized = _sized(now)
    if not sized:
        return ""
    head = [LESION, NOW] if prior is None else [LESION, prior.day or "Then", NOW, "Change"]
    rows = [head]
    for each in sized:
        name = each.label.strip()
        row = [name or f"[lesion {each.number}]", f"{{{{m:{each.identifier}}}}}"]
        if prior is not None:
            row.insert(1, prior.size_of(name) or f"[{THEN}]")
            row.append(f"{{{{{CHANGE}}}}}")
        rows.append(row)
    return "\n".join(CELL.join(row) for row in rows)
