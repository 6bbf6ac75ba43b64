"""What the keys do to the fusion of the active viewport."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.errors import ReaderError
from workstation.domain.view import Fusion, ViewState
from workstation.ui.viewport.look_actions import Choice, LookActions
from workstation.ui.viewport.viewport import Viewport
from workstation.workflow import fusing, presenting, presets, viewing
from workstation.workflow.hanging import CellPlan
from workstation.workflow.viewing import Pane


class FusionActions(LookActions):
    """The commands of `commands.viewport_fusion`."""

    def toggle_fusion(self) -> None:
        """Lay the PET over the CT, or take it off; on a PET the CT takes its place below."""
        held = self._held
        if held is None:
            return
        viewport, pane, view = held
        if view.fusion is not None:
            self._end_fusion(viewport, pane, view, view.fusion)
            return
        try:
            under, over = fusing.pair(pane.study, pane.shown)
        except ReaderError as error:
            self._images.said.emit(error.sentence())
            return
        instead = "" if under is pane.shown else pane.shown.identifier
        if instead:
            self._exchange(viewport, pane, view, under.identifier)
        # A state is the whole look of an image: a fusion is another one.
        view = replace(viewport.view, presentation="", subtracted=False, colour_map="")
        self._images.change(viewport, replace(view, fusion=fusing.fusion_of(over, instead)))

    def _end_fusion(self, viewport: Viewport, pane: Pane, view: ViewState, fusion: Fusion) -> None:
        if fusion.instead_of and viewing.find(pane.study, fusion.instead_of) is not None:
            self._exchange(viewport, pane, view, fusion.instead_of)
        else:
            self._images.change(viewport, replace(view, fusion=None))

    def _exchange(self, viewport: Viewport, pane: Pane, view: ViewState, identifier: str) -> None:
        """Another display set of the same space at the same place, cut the same way."""
        shown = viewing.find(pane.study, identifier)
        assert shown is not None
        focus = viewing.focus_of(view, pane.shown)
        held = presets.for_display_set(shown, pane.study.description)
        plan = CellPlan(
            pane.study.study_instance_uid,
            identifier,
            pane.prior,
            view.plane,
            held[0].identifier if held else "",
            view.slab_mm,
            view.slab_mode,
            # Uptake is read dark on white.
            inverted=shown.modality in fusing.OVER,
        )
        self._images.open_in(viewport, replace(pane, shown=shown), plan)
        if focus is not None:
            self._images.change(viewport, viewing.followed(viewport.view, shown, focus))

    def _change_fusion(self, **changes: object) -> None:
        held = self._held
        scene = None if held is None else held[0].built()
        if held is not None and held[2].fusion is None and scene is not None and scene.laid:
            self._images.said.emit("A presentation state says itself how opaque it is: Y ends it.")
            return
        if held is None or held[2].fusion is None:
            self._images.said.emit("Nothing lies over this image: Shift+U lays PET over CT.")
            return
        self._images.change_over(held[0], **changes)

    def fade_fusion(self, by: float) -> None:
        """More or less of what lies over."""
        held = self._held
        now = held[2].fusion if held is not None else None
        opacity = 0.0 if now is None else round(min(1.0, max(0.0, now.opacity + by)), 2)
        self._change_fusion(opacity=opacity)

    def next_fusion_window(self) -> None:
        """The next preset of what lies over."""
        held = self._held
        fusion = held[2].fusion if held is not None else None
        over = viewing.find(held[1].study, fusion.over) if held and fusion else None
        if over is None or fusion is None:
            self._change_fusion()
            return
        known = presets.for_display_set(over)
        if not known:
            self._images.said.emit("There are no windows to choose from: the values are no SUV.")
            return
        now = next((i for i, each in enumerate(known) if each.window == fusion.voi), -1)
        chosen = known[(now + 1) % len(known)]
        self._change_fusion(voi=chosen.window, voi_name=chosen.title)

    def choose_colour_map(self, name: str) -> None:
        """A palette: of what lies over where something does, else of the grey image."""
        held = self._held
        if held is not None and held[2].fusion is not None:
            # What lies over is told from what lies below by its colours.
            self._change_fusion(colour_map=name or presenting.COLOUR_MAPS[0][0])
        else:
            super().choose_colour_map(name)

    def next_colour_map(self) -> None:
        """The next palette; of what lies over there is no grey."""
        held = self._held
        fusion = held[2].fusion if held is not None else None
        if fusion is None:
            super().next_colour_map()
            return
        names = [name for name, _ in presenting.COLOUR_MAPS]
        self.choose_colour_map(names[(names.index(fusion.colour_map) + 1) % len(names)])

    def choose_over(self, identifier: str) -> None:
        """Lay another volume over the image; none where the identifier is empty."""
        held = self._held
        if held is None:
            return
        viewport, pane, view = held
        over = viewing.find(pane.study, identifier) if identifier else None
        if over is None:
            if view.fusion is not None:
                self._end_fusion(viewport, pane, view, view.fusion)
            return
        instead = view.fusion.instead_of if view.fusion is not None else ""
        made = replace(view, presentation="", subtracted=False, colour_map="")
        self._images.change(viewport, replace(made, fusion=fusing.fusion_of(over, instead)))

    def choices(self) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """The sections of the menu, with what may lie over the image."""
        found = super().choices()
        held = self._held
        if held is None:
            return found
        _, pane, view = held
        fusion = view.fusion
        lines = [
            Choice(
                f"{each.description or each.modality} over it",
                lambda uid=each.identifier: self.choose_over(uid),  # type: ignore[misc]
                fusion is not None and fusion.over == each.identifier,
                "Shift+U",
            )
            for each in fusing.over_choices(pane.study, pane.shown)
        ]
        if not lines:
            return found
        lines.insert(0, Choice("Nothing over it", lambda: self.choose_over(""), fusion is None))
        over = viewing.find(pane.study, fusion.over) if fusion is not None else None
        windows = [
            Choice(
                each.title,
                lambda each=each: self._change_fusion(  # type: ignore[misc]
                    voi=each.window, voi_name=each.title
                ),
                fusion is not None and each.window == fusion.voi,
                "Shift+J",
            )
            for each in (presets.for_display_set(over) if over is not None else ())
        ]
        if fusion is not None:
            colours = tuple(
                Choice(
                    title,
                    lambda name=name: self.choose_colour_map(name),  # type: ignore[misc]
                    fusion.colour_map == name,
                )
                for name, title in presenting.COLOUR_MAPS
            )
            found = tuple(each for each in found if each[0] != "Colours")
            found = (*found, ("Colours of what lies over", colours))
        return (("Fusion", (*lines, *windows)), *found)
