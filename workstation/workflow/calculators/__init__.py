"""Calculators: classes and sizes that follow from a published table, with the table named.

Decision tables are data (`resources/calculators`, one file each, with version and source); what is
arithmetic stands in `arithmetic`, its formula with its source beside it.
"""

from __future__ import annotations

from pathlib import Path

from workstation.workflow.calculators.arithmetic import ARITHMETIC
from workstation.workflow.calculators.model import Calculator
from workstation.workflow.calculators.response import RECIST
from workstation.workflow.calculators.tables import parse


def all_calculators(folder: Path) -> tuple[Calculator, ...]:
    """The tables of a folder and the arithmetic ones, in the order of their titles."""
    tables = map(parse, sorted(folder.glob("*.toml")))
    return tuple(sorted((*tables, *ARITHMETIC, RECIST), key=lambda each: each.title))
