"""What a reader does with the voice. Nothing here signs."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class DictationActions(Protocol):
    """Dictation as the commands of the window see it."""

    def dictate(self) -> None: ...
    def voice_command(self) -> None: ...
    def let_go_of_dictation(self) -> None: ...
    def stop_dictating(self) -> None: ...
    def revert_correction(self) -> None: ...
    def replay_utterance(self) -> None: ...
    def scratch_utterance(self) -> None: ...
    def confirm_dictated(self) -> None: ...


@command(
    "dictation.talk",
    "Dictate: hold and speak, or tap to begin and tap to end",
    keys=("F4",),
    where=Place.EVERYWHERE,
)
def talk(window: DictationActions) -> None:
    window.dictate()


@command(
    "dictation.command",
    "Say a command: hold and speak",
    keys=("Shift+F4",),
    where=Place.EVERYWHERE,
)
def say_command(window: DictationActions) -> None:
    window.voice_command()


@command(
    "dictation.let_go",
    "A pedal or button that was held goes up",
    where=Place.EVERYWHERE,
)
def let_go(window: DictationActions) -> None:
    window.let_go_of_dictation()


@command("dictation.stop", "End dictation", where=Place.EVERYWHERE)
def stop(window: DictationActions) -> None:
    window.stop_dictating()


@command(
    "dictation.revert",
    "Take back the correction at the cursor, or the last one before it",
    keys=("F10",),
    where=Place.EVERYWHERE,
)
def revert(window: DictationActions) -> None:
    window.revert_correction()


@command(
    "dictation.replay",
    "Play the sentence at the cursor as it was spoken",
    keys=("Ctrl+F10",),
    where=Place.EVERYWHERE,
)
def replay(window: DictationActions) -> None:
    window.replay_utterance()


@command("dictation.scratch", "Take back the last sentence", where=Place.EVERYWHERE)
def scratch(window: DictationActions) -> None:
    window.scratch_utterance()


@command(
    "dictation.confirm",
    "Read what was dictated: next word in doubt, then what is on the screen",
    keys=("Shift+F8",),
    where=Place.EVERYWHERE,
)
def confirm(window: DictationActions) -> None:
    window.confirm_dictated()
