"""What pedals and dictation microphones do: commands of the table, and never a signature."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workstation.commands import registry
from workstation.domain.hand_devices import DeviceKey, DevicePress, DeviceRefused
from workstation.settings import DECLARATIONS, Settings
from workstation.workflow.hand_devices import CHOSEN, HandDevices


class Source:
    def __init__(self) -> None:
        self.running = False
        self.press: Callable[[DevicePress], None] = lambda _: None
        self.problem: Callable[[DeviceRefused], None] = lambda _: None

    def start(
        self, press: Callable[[DevicePress], None], problem: Callable[[DeviceRefused], None]
    ) -> None:
        self.running, self.press, self.problem = True, press, problem

    def stop(self) -> None:
        self.running = False


class Bench:
    def __init__(self) -> None:
        self.source, self.settings = Source(), Settings()
        self.hands = HandDevices(self.source, self.settings)
        self.commands: list[str] = []
        self.problems: list[DeviceRefused] = []
        self.hands.listen(self.commands.append, self.problems.append)

    def press(self, key: DeviceKey) -> None:
        for down in (True, False):
            self.source.press(DevicePress("pedal", key, down))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_record_held_is_push_to_talk(bench: Bench) -> None:
    bench.press(DeviceKey.TALK)
    assert bench.commands == ["dictation.talk", "dictation.let_go"]


def test_tab_keys_go_through_the_fields_and_play_plays(bench: Bench) -> None:
    for key in (DeviceKey.NEXT, DeviceKey.PREVIOUS, DeviceKey.PLAY):
        bench.press(key)
    assert bench.commands == ["report.next_field", "report.previous_field", "dictation.replay"]


def test_the_settings_choose_what_an_f_key_does_at_once(bench: Bench) -> None:
    bench.press(DeviceKey.F1)
    bench.settings.set("dictation.device_f1", "key image")
    bench.press(DeviceKey.F1)
    bench.settings.set("dictation.device_f1", "nothing")
    bench.press(DeviceKey.F1)
    assert bench.commands == ["dictation.revert", "view.key_image"]


def test_every_choice_of_the_settings_is_a_command_and_none_signs(bench: Bench) -> None:
    known = registry.load_all()
    declared = next(each for each in DECLARATIONS if each.key == "dictation.device_f1")
    assert set(declared.choices) == set(CHOSEN)
    for identifier in filter(None, CHOSEN.values()):
        assert known[identifier].title
    for key in DeviceKey:
        for down in (True, False):
            identifier = bench.hands.command_of(DevicePress("x", key, down))
            assert not identifier or known[identifier].id != "report.sign"


def test_switched_off_nothing_is_read(bench: Bench) -> None:
    assert bench.source.running
    bench.settings.set("dictation.devices", False)
    assert not bench.source.running
    bench.settings.set("dictation.devices", True)
    assert bench.source.running
    bench.hands.close()
    assert not bench.source.running


def test_a_problem_is_told(bench: Bench) -> None:
    bench.source.problem(DeviceRefused("The pedal is gone."))
    assert [each.happened for each in bench.problems] == ["The pedal is gone."]
