"""A fast part of the damaged objects; all 2,000 by `python -m tests.faults.mutations`."""

from __future__ import annotations

from tests.faults import mutations


def test_damaged_objects_are_shown_or_refused_by_name_and_nothing_dies() -> None:
    outcomes = mutations.run(150)
    bad = [each for each in outcomes if each.what in ("defect", "crash", "hang")]
    assert not bad, mutations.table(outcomes)
    assert {each.kind for each in outcomes} == set(mutations.KINDS)
    assert {each.what for each in outcomes} >= {"picture", "refused"}
    assert all(each.reason.endswith(".") for each in outcomes if each.what == "refused")
    assert max(each.memory_mb for each in outcomes) < mutations.MEMORY_MB


def test_the_watcher_sees_a_defect_for_what_it_is() -> None:
    """The proof could not fail if the watcher did not tell a death from a refusal."""
    watcher = mutations.Watcher()
    try:
        watcher._process.kill()
        assert watcher.examine("bits", "grey", b"DICM").what == "crash"
        assert watcher.examine("bits", "none", b"DICM").what == "refused"
    finally:
        watcher.close()


def test_mutations_are_the_same_every_time() -> None:
    assert list(mutations.mutations(12)) == list(mutations.mutations(12))
