"""Beside the form: what it makes of a phantom case, and the merge fields there are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout

from workstation.domain.report import Section
from workstation.domain.wording import FIELD
from workstation.ui import theme
from workstation.ui.parts import button, label, section_heading, separator
from workstation.ui.parts.labels import escaped
from workstation.workflow.merge_fields import FIELDS

_FIELD = re.compile(FIELD.pattern)


class Preview(QFrame):
    """Reads only. `chosen` tells whether the normal statements are wanted."""

    chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panelL")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (16, 12, 16, 12)))
        column.setSpacing(theme.px(8))
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self.heading = label("On a phantom case", 13, 600)
        row.addWidget(self.heading)
        row.addStretch(1)
        self.normal = False
        self._buttons = []
        for words, normal in (("As it opens", False), ("Normal", True)):
            made = button(words, kind="segment")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, wanted=normal: self.choose(wanted))
            row.addWidget(made)
            self._buttons.append(made)
        column.addLayout(row)
        column.addWidget(separator())
        self.text = QTextBrowser()
        self.text.setAccessibleName("Preview")
        self.text.setOpenLinks(False)
        column.addWidget(self.text, 3)
        self.merges = QTextBrowser()
        self.merges.setAccessibleName("Merge fields")
        self.merges.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below = section_heading("MERGE FIELDS")
        column.addWidget(self._below)
        column.addWidget(self.merges, 1)
        self.choose(False)

    def choose(self, normal: bool) -> None:
        """As it opens, or with the normal statements."""
        self.normal = normal
        for made, wanted in zip(self._buttons, (False, True), strict=True):
            made.setChecked(wanted is normal)
        self.chosen.emit(normal)

    def show_sections(self, sections: Sequence[Section]) -> None:
        """A template on the phantom case."""
        self.heading.setText("On a phantom case")
        parts = [
            f'<p style="color:{theme.color("text2").name()};font-size:{theme.px(12)}px;'
            f'font-weight:600;margin-top:{theme.px(10)}px">{escaped(each.kind.value.upper())}</p>'
            f'<p style="font-size:{theme.px(14)}px;line-height:140%">{_marked(each.text)}</p>'
            for each in sections
        ]
        self._show("".join(parts))
        self._show_merges()
        for made in self._buttons:
            made.show()

    def show_macro(self, text: str, how: str) -> None:
        """A macro as it is written, and how it is called."""
        self.heading.setText("What it writes")
        self._show(
            f'<p style="font-size:{theme.px(14)}px;line-height:140%">{_marked(text)}</p>'
            f'<p style="color:{theme.color("text2").name()};font-size:{theme.px(13)}px">'
            f"{escaped(how)}</p>"
        )
        self.merges.hide()
        self._below.hide()
        for made in self._buttons:
            made.hide()

    def show_nothing(self, words: str) -> None:
        """Why there is no preview."""
        self._show(
            f'<p style="color:{theme.color("text2").name()};font-size:{theme.px(14)}px">'
            f"{escaped(words)}</p>"
        )

    def _show(self, body: str) -> None:
        bar = self.text.verticalScrollBar()
        at = bar.value()
        self.text.setHtml(f'<div style="color:{theme.color("text").name()}">{body}</div>')
        bar.setValue(at)

    def _show_merges(self) -> None:
        rows = "".join(
            f'<tr><td style="color:{theme.color("accent").name()}">{{{{{name}}}}}&nbsp;&nbsp;</td>'
            f'<td style="color:{theme.color("text2").name()}">{escaped(words)}</td></tr>'
            for name, (words, _) in FIELDS.items()
        )
        self.merges.setHtml(f'<table style="font-size:{theme.px(12)}px">{rows}</table>')
        self.merges.show()
        self._below.show()


def _marked(text: str) -> str:
    """Fields on their plate; every word is escaped."""
    ground, ink = theme.color("pressed").name(), theme.color("text2").name()
    made, at = [], 0
    for match in _FIELD.finditer(text):
        made.append(escaped(text[at : match.start()]))
        made.append(f'<span style="background:{ground};color:{ink}">{escaped(match[0])}</span>')
        at = match.end()
    return "".join(made) + escaped(text[at:])
