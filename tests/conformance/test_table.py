"""The page of conformance: every rule has a test and an answer from outside."""

from __future__ import annotations

from tests.conformance.__main__ import PAGE, held, page
from tests.conformance.rules import RULES


def test_every_rule_is_held_by_a_test_with_an_outside_answer() -> None:
    found = held()
    assert [rule for rule in RULES if not found.get(rule)] == []
    assert all(answer.strip() for tests in found.values() for _, answer in tests)


def test_every_mark_names_a_rule() -> None:
    assert set(held()) <= set(RULES)


def test_all_sections_and_all_known_defects_are_there() -> None:
    assert {rule.split()[0] for rule in RULES} == {*(str(n) for n in range(1, 15)), "defect"}
    assert {rule for rule in RULES if rule.startswith("defect")} == {
        f"defect {number}" for number in range(1, 13)
    }


def test_the_page_is_the_one_the_tests_write() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.conformance"
