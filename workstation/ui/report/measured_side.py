"""Between the report and what was measured: the tray, and the links of the text, both ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from workstation.domain.image import FrameKey
from workstation.domain.report import Section
from workstation.domain.report_table import CHANGE, signed
from workstation.domain.wording import LINK, plain_text, without_open_fields
from workstation.ui import theme
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.images_beside import ImagesBeside
from workstation.ui.report.open_case import OpenCase
from workstation.ui.report.tray import Tray, items

ALL_IN = "Every measurement is in the report."
NOTHING_MEASURED = "Nothing was measured and no key image was chosen yet."


class MeasuredSide(QObject):
    """A link of the text or the tray goes to its image; the tray's go into the text."""

    message = Signal(str)

    def __init__(
        self,
        tray: Tray,
        editor: ReportEditor,
        images: ImagesBeside,
        case: Callable[[], OpenCase | None],
    ) -> None:
        super().__init__(tray)
        self._tray, self._editor, self._images, self._case = tray, editor, images, case
        editor.link_clicked.connect(self.show_link)
        tray.show_link.connect(self.show_link)
        tray.insert_link.connect(editor.insert_link)

    def insert_newest(self) -> None:
        """The newest measurement or key image that the text does not hold yet."""
        link = self._tray.newest_open
        if link:
            self._editor.insert_link(link)
        else:
            case = self._case()
            held = case and (case.measuring.measurements() or case.measuring.key_images())
            self.message.emit(ALL_IN if held else NOTHING_MEASURED)

    def show_next(self) -> None:
        """Show the measurement or key image at the cursor in its image; the next one where that is
        selected already, or none is there."""
        held = self._editor.linked()
        if not held:
            self.message.emit("No measurement and no key image is linked in the report.")
            return
        cursor = self._editor.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        here = (
            each for each in held if each[0] in (start - 1, start) and (start, end) != _whole(each)
        )
        behind = (each for each in held if each[0] >= end)
        chosen = next(here, None) or next(behind, None) or held[0]
        self._editor.select(*_whole(chosen))
        self.show_link(chosen[1])

    def show_link(self, link: str) -> None:
        """Go to the image that a link of the text or the tray means."""
        kind, _, rest = link.partition(":")
        if kind == "m":
            self._images.show_measurement(rest)
        elif kind == "k":
            uid, _, number = rest.partition(":")
            self._images.show_key_image(FrameKey(uid, int(number)))

    def words_now(self) -> tuple[Section, ...]:
        """The sections with their links as they read now, as they would be signed."""
        sections = self._editor.sections()
        links = {match[1] for each in sections for match in LINK.finditer(each.text)} - {CHANGE}
        words = {link: self._editor.resolve(link).text for link in links}
        return tuple(
            replace(each, text=signed(without_open_fields(plain_text(each.text, words))))
            for each in sections
        )

    def changed(self) -> None:
        """A measurement changed: the tray and every link in the text say what it is now."""
        self.show_tray()
        self._editor.links_changed()

    def show_tray(self, sections: Sequence[Section] | None = None) -> None:
        """List what was measured, and what of it the text holds; `sections` are those of the editor
        where somebody has just read them."""
        case = self._case()
        if case is None:
            return
        sections = self._editor.sections() if sections is None else sections
        linked = {match[1] for held in sections for match in LINK.finditer(held.text)}
        rows = items(case.measuring.measurements(), case.measuring.key_images(), linked)
        self._tray.show_items(rows, room=self._tray.window().height() / theme.scale())


def _whole(linked: tuple[int, str]) -> tuple[int, int]:
    return linked[0], linked[0] + 1
