"""What the checks find in extracts that were written apart from them."""

from __future__ import annotations

import pytest

from tests.workflow.checks.independent import HALVES, ROWS, Score, scores, table

#: A check that misses one slip in five still catches most of what a tired reader writes; one that
#: is wrong more often than once in ten is clicked away, and then it catches nothing. What nobody is
#: told of can kill: there nine of ten are the least. These are floors for any words, not the
#: figures that the rules reach on words which they have been mended by.
RECALL, CRITICAL_RECALL, PRECISION = 0.80, 0.90, 0.90


@pytest.fixture(scope="module")
def rated() -> dict[str, list[Score]]:
    made: dict[str, list[Score]] = {}
    for name in ROWS:
        for score in scores(name):
            made.setdefault(score.key, []).append(score)
    return made


@pytest.mark.parametrize(
    "key",
    [
        "laterality",
        "sex",
        "contradiction",
        "comparison",
        "size",
        "patient",
        "unfilled",
        "impression",
        "critical",
    ],
)
def test_each_check_finds_and_is_right_often_enough_to_be_read(
    rated: dict[str, list[Score]], key: str
) -> None:
    held = rated[key]
    found = sum(each.found for each in held)
    wrong = sum(each.wrong for each in held)
    false = sum(len(each.false) for each in held)
    told = "\n".join(table(name, verbose=True) for name in ROWS)
    assert found / wrong >= (CRITICAL_RECALL if key == "critical" else RECALL), told
    assert found / (found + false) >= PRECISION, told


@pytest.mark.parametrize("half", HALVES)
def test_half_of_the_words_that_mended_no_rule_is_found_as_the_other_half_is(half: str) -> None:
    """Of every check at least three of four slips, and nine of ten alarms right, in each half."""
    for score in scores(half):
        assert score.recall >= 0.75, f"{score.key} {score.recall:.2f}"
        assert score.precision >= 0.90, f"{score.key} {score.precision:.2f}"


def test_the_halves_are_of_like_size_and_hold_what_is_right_as_well_as_what_is_wrong() -> None:
    for half in HALVES:
        held = scores(half)
        assert sum(each.wrong + each.right for each in held) >= 125
        for each in held:
            assert each.wrong >= 5, each.key
            assert each.right >= 5, each.key


def test_the_checks_are_silent_on_what_was_written_for_others(
    rated: dict[str, list[Score]],
) -> None:
    """Nine rows claim a comparison by the way, and are rightly told of."""
    elsewhere = {key: sum(len(each.elsewhere) for each in held) for key, held in rated.items()}
    assert {key: count for key, count in elsewhere.items() if count} == {"comparison": 9}


def test_half_of_the_extracts_are_right_and_look_wrong() -> None:
    held = [score for name in ROWS for score in scores(name)]
    wrong, right = sum(each.wrong for each in held), sum(each.right for each in held)
    assert wrong + right >= 200
    assert 0.8 <= wrong / right <= 1.25
