"""The tools that measure."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import command


class Tools(Protocol):
    """The images as the tools see them."""

    def choose_tool(self, name: str) -> None: ...
    def drop_scale(self) -> None: ...


@command("tool.polyline", "Polyline", keys=("Shift+P",))
def polyline_tool(images: Tools) -> None:
    images.choose_tool("polyline")


@command("tool.cobb", "Cobb angle", keys=("Shift+G",))
def cobb_tool(images: Tools) -> None:
    images.choose_tool("cobb")


@command("tool.bidirectional", "Two axes", keys=("Shift+X",))
def bidirectional_tool(images: Tools) -> None:
    images.choose_tool("bidirectional")


@command("tool.centre-line", "Distance from a line", keys=("Shift+I",))
def centre_line_tool(images: Tools) -> None:
    images.choose_tool("centre-line")


@command("tool.cardiothoracic", "Cardiothoracic ratio", keys=("Shift+T",))
def cardiothoracic_tool(images: Tools) -> None:
    images.choose_tool("cardiothoracic")


@command("tool.rotated-ellipse", "Rotated ellipse statistics", keys=("Shift+E",))
def rotated_ellipse_tool(images: Tools) -> None:
    images.choose_tool("rotated-ellipse")


@command("tool.polygon", "Polygon statistics", keys=("Shift+N",))
def polygon_tool(images: Tools) -> None:
    images.choose_tool("polygon")


@command("tool.freehand", "Freehand statistics", keys=("Shift+F",))
def freehand_tool(images: Tools) -> None:
    images.choose_tool("freehand")


@command("tool.calibrate", "Set the scale by a known length", keys=("Shift+K",))
def calibrate_tool(images: Tools) -> None:
    images.choose_tool("calibrate")


@command("measure.drop_scale", "Take the scale of a reader away")
def drop_scale(images: Tools) -> None:
    images.drop_scale()
