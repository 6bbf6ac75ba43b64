"""Viewports that go along: one place in the patient, one zoom, shared by those that are linked."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.geometry import Vector
from workstation.domain.study import DisplaySet, same_space
from workstation.domain.view import Plane, ViewState
from workstation.ui.viewport.grid import ViewGrid
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import viewing


class Following:
    """Owner of the focus of a case: a point in LPS mm of the space of one display set."""

    def __init__(self, grid: ViewGrid) -> None:
        self._grid = grid
        self._focus: Vector | None = None
        self._focus_set: DisplaySet | None = None

    def clear(self) -> None:
        """The case was closed."""
        self._focus = self._focus_set = None

    def focus_in(self, shown: DisplaySet) -> Vector | None:
        """The focus, LPS mm, where the display set lies in its space."""
        if self._focus is None or self._focus_set is None:
            return None
        return self._focus if same_space(shown, self._focus_set) else None

    def opening(self, view: ViewState, shown: DisplaySet) -> ViewState:
        """The view that a display set is opened with, where the others of its space look."""
        focus = self.focus_in(shown)
        return view if focus is None else viewing.followed(view, shown, focus)

    def begin(self, view: ViewState, shown: DisplaySet) -> None:
        """The first volume of a case sets the focus."""
        if self._focus is None:
            self._focus, self._focus_set = viewing.focus_of(view, shown), shown

    def zoom_along(self, source: Viewport, view: ViewState) -> None:
        """Zoom and pan of one viewport, as lengths in the patient, to the others of its plane."""
        own = source.pane
        scene = source.built()
        if own is None or scene is None:
            return
        name = viewing.plane_name(view, own.shown)
        for other in self._grid.viewports:
            pane = other.pane
            if other is source or pane is None or other.size() != source.size():
                continue
            if viewing.plane_name(other.view, pane.shown) is not name:
                continue
            there = other.built()
            zoom = view.zoom
            if zoom is not None and there is not None and there.plane and scene.plane:
                zoom *= there.plane.spacing_mm[1] / scene.plane.spacing_mm[1]
            other.show_view(replace(other.view, zoom=zoom, pan=view.pan))

    def go_to_step(self, viewport: Viewport, step: int, *, linked: bool) -> None:
        """One image of the stack, with the linked viewports following in the patient."""
        pane = viewport.pane
        if pane is None:
            return
        before = viewing.focus_of(viewport.view, pane.shown)
        now = viewing.step_at(viewport.view, pane.shown)
        viewport.show_view(viewing.at_step(viewport.view, pane.shown, step))
        moved = viewing.step_at(viewport.view, pane.shown) - now
        after = viewing.focus_of(viewport.view, pane.shown)
        if after is not None and viewport.view.focus is not None:
            self._focus, self._focus_set = after, pane.shown
        self._follow(viewport, before, after, moved, linked)

    def _follow(
        self,
        source: Viewport,
        before: Vector | None,
        after: Vector | None,
        moved: int,
        linked: bool,
    ) -> None:
        """Viewports in the same space go to the same place; a linked prior goes the same way."""
        own = source.pane
        if own is None or not moved:
            return
        for other in self._grid.viewports:
            pane = other.pane
            if other is source or pane is None:
                continue
            same = same_space(own.shown, pane.shown)
            if same and after is not None:
                if linked or other.view.plane is not Plane.ACQUIRED:
                    other.show_view(viewing.followed(other.view, pane.shown, after))
                else:
                    other.update()
            elif linked and pane.prior != own.prior and before and after:
                away = (after[0] - before[0], after[1] - before[1], after[2] - before[2])
                there = viewing.focus_of(other.view, pane.shown)
                if there is not None:
                    goal = (there[0] + away[0], there[1] + away[1], there[2] + away[2])
                    other.show_view(viewing.followed(other.view, pane.shown, goal))

    def move_focus(self, viewport: Viewport, position: Vector, *, linked: bool) -> None:
        """The crosshair to a point; every plane of the same space goes through it."""
        pane = viewport.pane
        if pane is None:
            return
        self._focus, self._focus_set = position, pane.shown
        for other in self._grid.viewports:
            held = other.pane
            if held is None or not same_space(held.shown, pane.shown):
                continue
            if other is viewport and other.view.plane is Plane.ACQUIRED:
                other.show_view(replace(other.view, focus=position))
            elif linked or other.view.plane is not Plane.ACQUIRED or other is viewport:
                other.show_view(viewing.followed(other.view, held.shown, position))
            other.update()
