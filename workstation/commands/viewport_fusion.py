"""PET over CT: one volume of a study laid over another."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import command


class FusionActions(Protocol):
    """The fusion of the active viewport as the commands see it."""

    def toggle_fusion(self) -> None: ...
    def fade_fusion(self, by: float) -> None: ...
    def next_fusion_window(self) -> None: ...


@command("fusion.toggle", "PET over CT, or not", keys=("Shift+U",))
def toggle_fusion(fusion: FusionActions) -> None:
    fusion.toggle_fusion()


@command("fusion.more", "More of what lies over (also Shift with the wheel)", keys=("Ctrl+]",))
def more(fusion: FusionActions) -> None:
    fusion.fade_fusion(0.1)


@command("fusion.less", "Less of what lies over", keys=("Ctrl+[",))
def less(fusion: FusionActions) -> None:
    fusion.fade_fusion(-0.1)


@command(
    "fusion.window", "Next window of what lies over (also Ctrl with a drag)", keys=("Shift+J",)
)
def next_window(fusion: FusionActions) -> None:
    fusion.next_fusion_window()
