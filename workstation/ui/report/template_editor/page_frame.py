"""The frame of the editor: the bar, the list, the form with its buttons, the preview."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.ui import theme
from workstation.ui.parts import button, key_hints, label, tool
from workstation.ui.parts.following import follow
from workstation.ui.parts.path_card import PathCard
from workstation.ui.report.template_editor.entry_list import EntryList
from workstation.ui.report.template_editor.preview import Preview

#: QWIDGETSIZE_MAX
_ANY_WIDTH = 16_777_215


class TemplatesFrame(QWidget):
    """Lays the page out; what is in it and what its buttons do is decided by the page."""

    def __init__(self, *forms: QWidget) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._bar())
        row = QHBoxLayout()
        row.setSpacing(0)
        outer.addLayout(row, 1)
        row.addWidget(self._left())
        self._form_side = self._middle(forms)
        row.addWidget(self._form_side, 1)
        self.preview = Preview()
        row.addWidget(self.preview, 0)
        #: in a narrow window the preview takes the place of the form
        self._instead = False
        self._built = True
        self._measure()

    def _bar(self) -> QFrame:
        self._top = _plate("topbar")
        row = QHBoxLayout(self._top)
        row.setContentsMargins(*(theme.px(n) for n in (8, 0, 16, 0)))
        row.setSpacing(theme.px(8))
        self.back = tool("back", "Back", "Esc")
        row.addWidget(self.back)
        self.tabs = [button(words, kind="segment") for words in ("Templates", "Macros")]
        for each in self.tabs:
            each.setCheckable(True)
            row.addWidget(each)
        row.addStretch(1)
        self._hints = key_hints((("Ctrl+S",), "save"), (("Esc",), "close"))
        row.addWidget(self._hints)
        return self._top

    def _left(self) -> QFrame:
        self._side = _plate("strip")
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, theme.px(12))
        self.entries = EntryList()
        column.addWidget(self.entries, 1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(14), 0, theme.px(14), 0)
        row.setSpacing(theme.px(8))
        self.new = button("New", "add", key="Ctrl+N")
        self.take = button("Take over …", kind="quiet", key="Ctrl+I")
        self.take.setToolTip("Take over a template of others (IHE MRRT)   Ctrl+I")
        row.addWidget(self.new)
        row.addWidget(self.take)
        row.addStretch(1)
        column.addLayout(row)
        return self._side

    def _middle(self, forms: tuple[QWidget, ...]) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(*(theme.px(n) for n in (32, 16, 24, 0)))
        column.setSpacing(theme.px(8))
        self.title = label("", 20, 600, wrap=True)
        column.addWidget(self.title)
        column.addLayout(self._tools())
        self.state = label("", 13, color="text2", wrap=True)
        self.state.setAccessibleName("State")
        said = QHBoxLayout()
        said.addWidget(self.state, 1)
        self.bring_back = button("Bring it back", "undo", small=True)
        said.addWidget(self.bring_back)
        column.addLayout(said)
        self.card = PathCard()
        self.card.hide()
        column.addWidget(self.card)
        self.forms = QStackedWidget()
        for form in forms:
            self.forms.addWidget(_scrolled(form))
        column.addWidget(self.forms, 1)
        return middle

    def _tools(self) -> QLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self.copy = button("Copy to mine", "add", "primary", key="Ctrl+M")
        self.save_button = button("Save", "here", "primary", key="Ctrl+S")
        self.as_saved = button("As saved", "undo", key="Ctrl+B")
        self.as_saved.setToolTip("Take back what is not saved   Ctrl+B")
        self.hand = button("Hand on …", "send", "quiet", key="Ctrl+G")
        self.hand.setToolTip("Write it as a file for others (IHE MRRT)   Ctrl+G")
        self.remove = button("Delete …", kind="quiet", key="Ctrl+Shift+Del")
        self.yes = button("Delete it for good", "discard", "danger")
        self.no = button("Keep it", kind="quiet")
        for each in (self.copy, self.save_button, self.as_saved, self.hand, self.remove, self.yes,
                     self.no):  # fmt: skip
            row.addWidget(each)
        row.addStretch(1)
        return row

    @property
    def has_room(self) -> bool:
        """Whether form and preview stand side by side."""
        return self.width() / theme.scale() >= 1250

    def show_instead(self, preview: bool) -> None:
        """In a narrow window: the preview in the place of the form, or the form again."""
        self._instead = preview
        self._measure()

    def _measure(self) -> None:
        self._top.setFixedHeight(theme.px(48))
        width = self.width() / theme.scale()
        self._side.setFixedWidth(theme.px(220 if width < 1100 else 272))
        roomy = self.has_room
        self._instead = self._instead and not roomy
        beside = theme.px(500 if width >= 1700 else 400)
        self.preview.setMinimumWidth(beside if roomy else 0)
        self.preview.setMaximumWidth(beside if roomy else _ANY_WIDTH)
        self.preview.setVisible(roomy or self._instead)
        self._form_side.setVisible(not self._instead)
        self._hints.setVisible(width >= 800)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_built"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()


def _plate(name: str) -> QFrame:
    made = QFrame()
    made.setObjectName(name)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def _scrolled(form: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder = QWidget()
    inside = QHBoxLayout(holder)
    inside.setContentsMargins(0, 0, theme.px(12), 0)
    follow(form, lambda: form.setMaximumWidth(theme.px(800)))
    inside.addWidget(form, 10)
    inside.addStretch(1)
    area.setWidget(holder)
    return area
