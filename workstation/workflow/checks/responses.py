"""Slips of a table of target lesions: what it says against what it adds up to, and against what is
measured now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workstation.domain.measurement import Measurement
from workstation.domain.report import Report
from workstation.domain.report_table import axes_mm
from workstation.workflow.calculators.target_lesions import ReportedTable, reported
from workstation.workflow.checks.slips import Slip
from workstation.workflow.lesion_table import measured_rows

_REMEDY = "Ctrl+Shift+R makes the table anew."


def tables_of_target_lesions(report: Report, measurements: Sequence[Measurement]) -> list[Slip]:
    """A sum or response that its sizes do not make, and a size of now that is not the one that is
    measured under the same name. Silent where two measurements share a name."""
    found = []
    for section in report.sections:
        held = reported(section.text)
        if held is None:
            continue
        words = section.text[held.start : held.end].split("\n")[0]
        if not held.stands:
            title = "The table of target lesions does not add up"
            detail = f"Sum or response are not those of its sizes. {_REMEDY}"
            found.append(Slip(title, detail, section.kind, words, held.start))
        else:
            found += [
                Slip(title, f"The response may be another. {_REMEDY}", section.kind, name)
                for title, name in _changed(held, measurements)
            ]
    return found


def _changed(held: ReportedTable, measurements: Sequence[Measurement]) -> list[tuple[str, str]]:
    rows = [(name.casefold(), size) for name, size in measured_rows(measurements)]
    count = Counter(name for name, _ in rows)
    sizes = {name: axes_mm(size) for name, size in rows if name and count[name] == 1}
    made = []
    for lesion in held.table.lesions:
        axes, said = sizes.get(lesion.name.casefold(), ()), lesion.sizes_mm[-1]
        now = (min(axes) if lesion.node else max(axes)) if axes else None
        if now is not None and said is not None and now != said:
            title = f"{lesion.name}: {said:g} mm among the target lesions, {now:g} mm measured"
            made.append((title, lesion.name))
    return made
