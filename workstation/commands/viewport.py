"""What a reader does with the images."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command
from workstation.domain.view import Plane


class ImageActions(Protocol):
    """The images as the commands see them: most act on the active viewport."""

    def page(self, steps: int) -> None: ...
    def to_end(self, last: bool) -> None: ...
    def next_series(self, steps: int) -> None: ...
    def next_view(self, steps: int) -> None: ...
    def choose_tool(self, name: str) -> None: ...
    def choose_window(self, digit: int) -> None: ...
    def widen_window(self, factor: float) -> None: ...
    def type_window(self) -> None: ...
    def fit(self) -> None: ...
    def actual_size(self) -> None: ...
    def zoom_by(self, factor: float) -> None: ...
    def invert(self) -> None: ...
    def flip(self, vertical: bool) -> None: ...
    def rotate(self, degrees: int) -> None: ...
    def reset(self) -> None: ...
    def toggle_crosshair(self) -> None: ...
    def toggle_link(self) -> None: ...
    def toggle_key_image(self) -> None: ...
    def delete_measurement(self) -> None: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def set_layout(self, rows: int, columns: int) -> None: ...
    def maximise(self) -> None: ...
    def stage(self, steps: int) -> None: ...
    def show_plane(self, plane: Plane) -> None: ...
    def show_mpr(self) -> None: ...
    def next_slab(self) -> None: ...
    def next_slab_mode(self) -> None: ...
    def toggle_cine(self) -> None: ...
    def cancel(self) -> None: ...


class RoomActions(Protocol):
    """The reading room as the commands see it."""

    def toggle_side_panel(self) -> None: ...
    def focus_images(self) -> None: ...


@command("view.next", "Next image", keys=("Down",))
def next_image(images: ImageActions) -> None:
    images.page(1)


@command("view.previous", "Previous image", keys=("Up",))
def previous_image(images: ImageActions) -> None:
    images.page(-1)


@command("view.next10", "Ten images on", keys=("Shift+Down",))
def ten_on(images: ImageActions) -> None:
    images.page(10)


@command("view.previous10", "Ten images back", keys=("Shift+Up",))
def ten_back(images: ImageActions) -> None:
    images.page(-10)


@command("view.first", "First image", keys=("Home",))
def first_image(images: ImageActions) -> None:
    images.to_end(False)


@command("view.last", "Last image", keys=("End",))
def last_image(images: ImageActions) -> None:
    images.to_end(True)


@command("view.next_series", "Next series", keys=("PgDown",))
def next_series(images: ImageActions) -> None:
    images.next_series(1)


@command("view.previous_series", "Previous series", keys=("PgUp",))
def previous_series(images: ImageActions) -> None:
    images.next_series(-1)


@command("view.next_viewport", "Next viewport", keys=("Right",))
def next_viewport(images: ImageActions) -> None:
    images.next_view(1)


@command("view.previous_viewport", "Previous viewport", keys=("Left",))
def previous_viewport(images: ImageActions) -> None:
    images.next_view(-1)


@command("tool.window", "Window tool", keys=("W",))
def window_tool(images: ImageActions) -> None:
    images.choose_tool("window")


@command("tool.scroll", "Scroll tool", keys=("S",))
def scroll_tool(images: ImageActions) -> None:
    images.choose_tool("scroll")


@command("tool.zoom", "Zoom tool", keys=("Z",))
def zoom_tool(images: ImageActions) -> None:
    images.choose_tool("zoom")


@command("tool.pan", "Pan tool", keys=("D",))
def pan_tool(images: ImageActions) -> None:
    images.choose_tool("pan")


@command("tool.length", "Length", keys=("L",))
def length_tool(images: ImageActions) -> None:
    images.choose_tool("length")


@command("tool.angle", "Angle", keys=("A",))
def angle_tool(images: ImageActions) -> None:
    images.choose_tool("angle")


@command("tool.ellipse", "Ellipse statistics", keys=("E",))
def ellipse_tool(images: ImageActions) -> None:
    images.choose_tool("ellipse")


@command("tool.rectangle", "Rectangle statistics", keys=("T",))
def rectangle_tool(images: ImageActions) -> None:
    images.choose_tool("rectangle")


@command("tool.probe", "Probe", keys=("P",))
def probe_tool(images: ImageActions) -> None:
    images.choose_tool("probe")


@command("window.auto", "Window from the data", keys=("0",))
def auto_window(images: ImageActions) -> None:
    images.choose_window(0)


@command("window.own", "Window of the image", keys=("1",))
def own_window(images: ImageActions) -> None:
    images.choose_window(1)


@command("window.2", "Window preset 2 (by body part)", keys=("2",))
def window_2(images: ImageActions) -> None:
    images.choose_window(2)


@command("window.3", "Window preset 3", keys=("3",))
def window_3(images: ImageActions) -> None:
    images.choose_window(3)


@command("window.4", "Window preset 4", keys=("4",))
def window_4(images: ImageActions) -> None:
    images.choose_window(4)


@command("window.5", "Window preset 5", keys=("5",))
def window_5(images: ImageActions) -> None:
    images.choose_window(5)


@command("window.6", "Window preset 6", keys=("6",))
def window_6(images: ImageActions) -> None:
    images.choose_window(6)


@command("window.7", "Window preset 7", keys=("7",))
def window_7(images: ImageActions) -> None:
    images.choose_window(7)


@command("window.8", "Window preset 8", keys=("8",))
def window_8(images: ImageActions) -> None:
    images.choose_window(8)


@command("window.9", "Window preset 9", keys=("9",))
def window_9(images: ImageActions) -> None:
    images.choose_window(9)


@command("window.wider", "Window 20 % wider", keys=("]",))
def wider_window(images: ImageActions) -> None:
    images.widen_window(1.2)


@command("window.narrower", "Window 20 % narrower", keys=("[",))
def narrower_window(images: ImageActions) -> None:
    images.widen_window(1 / 1.2)


@command("window.type", "Type window and level", keys=("Shift+W",))
def type_window(images: ImageActions) -> None:
    images.type_window()


@command("view.fit", "Fit to the viewport", keys=("F",))
def fit(images: ImageActions) -> None:
    images.fit()


@command("view.actual", "One image pixel a screen pixel", keys=("=",))
def actual_size(images: ImageActions) -> None:
    images.actual_size()


@command("view.zoom_in", "Zoom in", keys=("+", "Ctrl++"))
def zoom_in(images: ImageActions) -> None:
    images.zoom_by(1.25)


@command("view.zoom_out", "Zoom out", keys=("-", "Ctrl+-"))
def zoom_out(images: ImageActions) -> None:
    images.zoom_by(0.8)


@command("view.invert", "Invert", keys=("I",))
def invert(images: ImageActions) -> None:
    images.invert()


@command("view.flip_horizontal", "Flip left and right", keys=("H",))
def flip_horizontal(images: ImageActions) -> None:
    images.flip(False)


@command("view.flip_vertical", "Flip up and down", keys=("V",))
def flip_vertical(images: ImageActions) -> None:
    images.flip(True)


@command("view.rotate", "A quarter clockwise", keys=("Shift+R",))
def rotate(images: ImageActions) -> None:
    images.rotate(90)


@command("view.reset", "Reset the view", keys=("R",))
def reset(images: ImageActions) -> None:
    images.reset()


@command("view.crosshair", "Crosshair on or off", keys=("X",))
def toggle_crosshair(images: ImageActions) -> None:
    images.toggle_crosshair()


@command("view.link", "Link the viewports, or not", keys=("N",))
def toggle_link(images: ImageActions) -> None:
    images.toggle_link()


@command("view.key_image", "Key image, or not", keys=("K",))
def toggle_key_image(images: ImageActions) -> None:
    images.toggle_key_image()


@command("measure.delete", "Delete the chosen measurement", keys=("Delete", "Backspace"))
def delete_measurement(images: ImageActions) -> None:
    images.delete_measurement()


@command("measure.undo", "Take back", keys=("Ctrl+Z",))
def undo(images: ImageActions) -> None:
    images.undo()


@command("measure.redo", "Do again", keys=("Ctrl+Shift+Z", "Ctrl+Y"))
def redo(images: ImageActions) -> None:
    images.redo()


@command("layout.1", "One viewport", keys=("Ctrl+1",))
def layout_1(images: ImageActions) -> None:
    images.set_layout(1, 1)


@command("layout.2", "Two viewports", keys=("Ctrl+2",))
def layout_2(images: ImageActions) -> None:
    images.set_layout(1, 2)


@command("layout.3", "Three viewports", keys=("Ctrl+3",))
def layout_3(images: ImageActions) -> None:
    images.set_layout(1, 3)


@command("layout.4", "Four viewports", keys=("Ctrl+4",))
def layout_4(images: ImageActions) -> None:
    images.set_layout(2, 2)


@command("layout.6", "Six viewports", keys=("Ctrl+6",))
def layout_6(images: ImageActions) -> None:
    images.set_layout(2, 3)


@command("layout.9", "Nine viewports", keys=("Ctrl+9",))
def layout_9(images: ImageActions) -> None:
    images.set_layout(3, 3)


@command("layout.maximise", "This viewport alone, or all again", keys=("Return", "G"))
def maximise(images: ImageActions) -> None:
    images.maximise()


@command("hanging.next", "Next stage", keys=(".",))
def next_stage(images: ImageActions) -> None:
    images.stage(1)


@command("hanging.previous", "Previous stage", keys=(",",))
def previous_stage(images: ImageActions) -> None:
    images.stage(-1)


@command("plane.mpr", "Three planes of this series", keys=("Shift+M",))
def show_mpr(images: ImageActions) -> None:
    images.show_mpr()


@command("plane.axial", "Axial plane", keys=("Shift+A",))
def axial(images: ImageActions) -> None:
    images.show_plane(Plane.AXIAL)


@command("plane.coronal", "Coronal plane", keys=("Shift+C",))
def coronal(images: ImageActions) -> None:
    images.show_plane(Plane.CORONAL)


@command("plane.sagittal", "Sagittal plane", keys=("Shift+S",))
def sagittal(images: ImageActions) -> None:
    images.show_plane(Plane.SAGITTAL)


@command("plane.acquired", "Images as they were acquired", keys=("Shift+O",))
def acquired(images: ImageActions) -> None:
    images.show_plane(Plane.ACQUIRED)


@command("plane.slab", "Slab of 0, 3 or 10 mm", keys=("B",))
def next_slab(images: ImageActions) -> None:
    images.next_slab()


@command("plane.slab_mode", "Slab as mean, MIP or MinIP", keys=("Shift+B",))
def next_slab_mode(images: ImageActions) -> None:
    images.next_slab_mode()


@command("view.cine", "Play, or stop", keys=("C",))
def toggle_cine(images: ImageActions) -> None:
    images.toggle_cine()


@command("view.cancel", "Back to the window tool", keys=("Escape",))
def cancel(images: ImageActions) -> None:
    images.cancel()


@command("room.panel", "Show or hide the report", keys=("F3",), where=Place.EVERYWHERE)
def toggle_side_panel(room: RoomActions) -> None:
    room.toggle_side_panel()


@command("room.images", "To the images", keys=("F2",), where=Place.EVERYWHERE)
def focus_images(room: RoomActions) -> None:
    room.focus_images()
