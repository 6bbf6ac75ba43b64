"""What a reader does with what others drew on the images: segments, contours, dose."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class OverlayToggles(Protocol):
    """The images as these commands see them."""

    def toggle_layers(self) -> None: ...
    def to_layer_list(self) -> None: ...
    def toggle_marks(self) -> None: ...


class OverlayActions(Protocol):
    """The list of overlays: all act on its current line."""

    def toggle_current(self) -> None: ...
    def toggle_filled(self) -> None: ...
    def fade(self, by: float) -> None: ...
    def go_to_current(self) -> None: ...
    def leave(self) -> None: ...


@command("layers.toggle", "Layers (segments, contours, dose) on or off", keys=("Shift+L",))
def toggle_layers(images: OverlayToggles) -> None:
    images.toggle_layers()


@command("layers.marks", "Layers and CAD marks on or off, without their list", keys=("Shift+Z",))
def toggle_marks(images: OverlayToggles) -> None:
    images.toggle_marks()


@command("layers.list", "To the list of layers", keys=("Ctrl+Shift+L",))
def to_layer_list(images: OverlayToggles) -> None:
    images.to_layer_list()


@command("layers.item", "This layer on or off", keys=("Space",), where=Place.OVERLAYS)
def toggle_item(overlays: OverlayActions) -> None:
    overlays.toggle_current()


@command("layers.fill", "Filled, or the outline alone", keys=("F",), where=Place.OVERLAYS)
def toggle_filled(overlays: OverlayActions) -> None:
    overlays.toggle_filled()


@command("layers.stronger", "More opaque", keys=("+",), where=Place.OVERLAYS)
def stronger(overlays: OverlayActions) -> None:
    overlays.fade(0.1)


@command("layers.fainter", "Less opaque", keys=("-",), where=Place.OVERLAYS)
def fainter(overlays: OverlayActions) -> None:
    overlays.fade(-0.1)


@command("layers.go", "To the middle of this layer", keys=("Return",), where=Place.OVERLAYS)
def go_to(overlays: OverlayActions) -> None:
    overlays.go_to_current()


@command("layers.leave", "Back to the images", keys=("Escape",), where=Place.OVERLAYS)
def leave(overlays: OverlayActions) -> None:
    overlays.leave()
