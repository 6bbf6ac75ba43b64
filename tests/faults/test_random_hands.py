"""Random keys, clicks and drags; more of them by `python -m tests.faults.random_hands`."""

from __future__ import annotations

from tests.faults import random_hands


def test_whatever_is_pressed_the_case_stays_itself_and_nothing_breaks() -> None:
    met = random_hands.read(7, 150, ("us-abdomen", "dx-chest", "dx-chest-prior"))
    assert met.steps == 150
    assert met.opened
    assert met.wrong == []
