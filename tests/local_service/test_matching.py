"""Matching against simpler statements of the same rules."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local_service import make
from workstation.local_service import matching
from workstation.local_service.answers import Refusal

LETTERS = st.text("ab*?", max_size=8)


@given(value=st.text("ab", max_size=10), pattern=LETTERS)
def test_wildcards_match_as_the_shell_does(value: str, pattern: str) -> None:
    held = {"00081030": make.element("LO", value)}
    wanted = re.fullmatch(fnmatch.translate(pattern), value) is not None
    assert matching.parse([("StudyDescription", pattern)]).matches(held) == (wanted or not pattern)


@given(
    value=st.integers(1, 28),
    first=st.integers(1, 28),
    last=st.integers(1, 28),
)
def test_ranges_hold_both_ends(value: int, first: int, last: int) -> None:
    first, last = sorted((first, last))
    held = {"00080020": make.element("DA", f"202611{value:02}")}
    asked = f"202611{first:02}-202611{last:02}"
    assert matching.parse([("StudyDate", asked)]).matches(held) == (first <= value <= last)


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        ("20261124", True),
        ("202611", True),
        ("2026", True),
        ("2025-2026", True),
        ("2027-", False),
        ("20261124040000+0100", True),
        ("20261124030000-0000", True),
        ("20261123220000-0500", True),
        ("20261123220000-0500-20261124", True),
        ("20261124030001-", False),
        ("-20261124025959", False),
    ],
)
def test_datetimes_are_compared_in_their_zones(asked: str, matches: bool) -> None:
    held = {"00404005": make.element("DT", "20261124030000+0000")}
    query = matching.parse([("ScheduledProcedureStepStartDateTime", asked)])
    assert query.matches(held) == matches


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["StudyDate", "StudyTime", "00404005", "limit", "PatientName", "x.y"]),
            st.text(max_size=20),
        ),
        max_size=3,
    )
)
def test_any_query_is_understood_or_refused(parameters: list[tuple[str, str]]) -> None:
    held = {
        "00080020": make.element("DA", "20261124"),
        "00080030": make.element("TM", "031500.25"),
        "00404005": make.element("DT", "20261124030000"),
        "00100010": make.element("PN", {"Alphabetic": "Ash^Rowan"}),
    }
    status = 200
    try:
        matching.parse(parameters).matches(held)
    except Refusal as refusal:
        status = refusal.status
    assert status in (200, 400)
