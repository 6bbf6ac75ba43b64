"""Broken files in the real window; all 2,000 by `python -m tests.faults.window_mutations`."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.faults import mutations, window_mutations
from tests.realdata import root

#: What is left of a minute for mutations goes to as many as fit, the same ones in the same order.
SECONDS = 30.0


def bad(outcomes: list[mutations.Outcome]) -> list[mutations.Outcome]:
    return [each for each in outcomes if each.what in ("defect", "crash", "hang")]


def test_the_window_shows_damaged_objects_or_says_why_not() -> None:
    outcomes = window_mutations.run(window_mutations.damaged(400), SECONDS)
    assert not bad(outcomes), mutations.table(outcomes)
    assert len(outcomes) >= 10
    assert {each.kind for each in outcomes} == set(mutations.KINDS)
    assert {each.what for each in outcomes} >= {"picture", "refused"}
    assert all(each.reason.endswith(".") for each in outcomes if each.what == "refused")
    assert max(each.memory_mb for each in outcomes) < mutations.MEMORY_MB


def test_the_window_shows_the_odd_files_and_trap_series_or_says_why_not() -> None:
    if root() is None:
        pytest.skip("real data is not here: set NOCTURNE_TEST_DATA")
    outcomes = window_mutations.run(window_mutations.odd_files())
    assert not bad(outcomes), mutations.table(outcomes)
    what = {each.name: each.what for each in outcomes}
    assert what["series-traps/failing/gantrytilting/001"] == "picture"
    assert what["series-traps/failing/sliceincrement/001"] == "picture"
    assert what["badVR.dcm"] == "picture"
    assert what["MR_truncated.dcm"] == "refused"
    assert len(outcomes) == 25


def test_the_watcher_sees_the_window_die_and_opens_another() -> None:
    watcher = window_mutations.Watcher()
    try:
        watcher._process.kill()
        ((_, name, files),) = islice(window_mutations.damaged(1), 1)
        assert watcher.look_at("bits", name, files).what == "crash"
        assert watcher.look_at("bits", name, files).what in ("picture", "refused", "listed")
    finally:
        watcher.close()
