"""The verbs page of the manual is generated, complete and current."""

from __future__ import annotations

from workstation.cli import VERBS
from workstation.cli.manual import render
from workstation.settings import resources


def test_the_verbs_page_is_current() -> None:
    page = resources() / "manual" / "verbs.md"
    assert page.read_text(encoding="utf-8") == render(), "run python -m workstation.cli.manual"


def test_every_verb_has_its_part_in_the_order_of_help() -> None:
    headings = [line[3:] for line in render().splitlines() if line.startswith("## ")]
    assert headings == list(VERBS)


def test_one_of_the_measurements_is_asked_for() -> None:
    line = next(each for each in render().splitlines() if each.startswith("    nocturne measure"))
    assert line.startswith("    nocturne measure PATH [--frame FRAME]")
    assert "(--probe x,y | --length x0,y0,x1,y1 |" in line
