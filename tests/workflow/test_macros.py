"""Macros: shortcuts and spoken names that mean one sentence each."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.settings import resources
from workstation.workflow.macros import Macro, Macros, load, parse

SHIPPED = resources() / "macros" / "macros.toml"


def test_the_package_ships_macros_with_shortcuts_and_spoken_names_of_their_own() -> None:
    held = parse(SHIPPED)
    assert len(held) >= 50
    assert len({each.shortcut for each in held}) == len(held)
    assert len({each.spoken for each in held}) == len(held)
    assert all(each.spoken for each in held)


def test_a_macro_is_found_by_its_letters_and_by_its_spoken_name() -> None:
    macros = Macros(parse(SHIPPED))
    assert macros.get("nliver") is macros.spoken("  Normal  Liver ")
    assert {each.shortcut for each in macros.beginning("nl", "CT")} == {"nlungs", "nliver"}
    assert {each.shortcut for each in macros.beginning("nl", "MR")} == {"nliver"}
    assert macros.get("") is None


def test_the_reader_s_macros_add_and_replace(tmp_path: Path) -> None:
    own = tmp_path / "macros.toml"
    own.write_text(
        '[[macro]]\nshortcut = "nliver"\ntext = "Liver fine."\n'
        '[[macro]]\nshortcut = "mine"\ntext = "Mine."\n',
        encoding="utf-8",
    )
    macros, problem = load(SHIPPED, own)
    assert problem is None
    assert [macros.get(each).text for each in ("nliver", "mine")] == ["Liver fine.", "Mine."]  # type: ignore[union-attr]
    assert macros.get("nlungs") is not None


@pytest.mark.parametrize(
    "text",
    [
        "[[macro]]",
        '[[macro]]\nshortcut = "X1"\ntext = "a"',
        '[[macro]]\nshortcut = "ab"\ntext = " "',
        "[[macro",
    ],
)
def test_a_damaged_file_of_the_reader_is_told_and_the_shipped_macros_work(
    tmp_path: Path, text: str
) -> None:
    own = tmp_path / "macros.toml"
    own.write_text(text, encoding="utf-8")
    macros, problem = load(SHIPPED, own)
    assert problem is not None
    assert problem.remedy
    assert macros.get("nlungs") is not None


def test_a_shortcut_cannot_be_a_number_or_a_single_letter() -> None:
    for shortcut in ("5", "a", "Ab", "a b", ""):
        with pytest.raises(ValueError, match="shortcut"):
            Macro(shortcut, "x", "text")
