"""The bar above the images: whose images they are, how long is left, the stage, and the tools."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QMenu, QWidget

from workstation.commands import registry
from workstation.commands.registry import shown_key
from workstation.domain.clock import Clock
from workstation.domain.reading_task import ReadingTask
from workstation.domain.study import Study
from workstation.domain.wording import age_text
from workstation.ui import icons, theme
from workstation.ui.parts import Button, PriorityLabel, label, separator, tool
from workstation.ui.parts.following import follow
from workstation.ui.viewport.measure_tools import MENU, icon_of
from workstation.ui.worklist import wording

#: (command, icon) of the tools that pick one, in their order
TOOLS = (
    ("tool.scroll", "scroll"),
    ("tool.window", "window"),
    ("tool.length", "length"),
    ("tool.ellipse", "ellipse"),
    ("tool.angle", "angle"),
)
_SWITCHES = (("view.crosshair", "crosshair"), ("view.link", "link"))
_MORE = (
    ("tool.zoom", "zoom"),
    ("tool.pan", "pan"),
    None,
    ("window.type", "window"),
    ("view.invert", "invert"),
    ("view.flip_horizontal", "flip"),
    ("view.rotate", "rotate"),
    ("view.fit", "fit"),
    ("view.actual", "zoom"),
    None,
    ("plane.mpr", "volume"),
    ("plane.slab", "volume"),
    ("view.key_image", "key_image"),
    ("view.cine", "cine"),
)
_LAYOUTS = ("layout.1", "layout.2", "layout.3", "layout.4", "layout.6", "layout.9")


class _Step(Button):
    """A key that is a button."""

    def __init__(self, key: str) -> None:
        super().__init__(key, "", "", "", 22, "")
        self.setStyleSheet("padding: 0")

    def _measure(self) -> None:
        super()._measure()
        self.setFixedWidth(theme.px(24))


class RoomBar(QFrame):
    """48 high. When space is short the study text goes first, then the stage, the birth date and
    the tools that `more` also holds; name and ID stay."""

    back_asked = Signal()
    command_asked = Signal(str)
    settings_asked = Signal()

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._clock = clock
        self._task: ReadingTask | None = None
        self._tool_name, self._tool_in_menu = "", False
        self._staged = False
        self._table = registry.load_all()
        row = self._row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        back = tool("worklist", "Worklist", "Ctrl+L")
        back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        back.clicked.connect(self.back_asked)
        row.addWidget(back)
        self.family = label("", 16, 600)
        self.given = label("", 16, 400)
        self.facts = label("", 13, 400, "text2", tabular=True)
        self.born = label("", 13, 400, "text2", tabular=True)
        self.number = label("", 13, 500, "text", tabular=True)
        for each in (self.family, self.given, self.facts, self.born, self.number):
            row.addWidget(each)
        self._line = separator(vertical=True)
        self.study = label("", 13, 400, "text2", tabular=True)
        row.addWidget(self._line)
        row.addWidget(self.study)
        self._priority = PriorityLabel()
        row.addWidget(self._priority)
        self.due = label("", 14, 600, "text2", tabular=True)
        self._left = label("left", 13, 400, "text2")
        row.addWidget(self.due)
        row.addWidget(self._left)
        row.addStretch(1)
        self._stage = self._stage_switch()
        row.addWidget(self._stage)
        row.addStretch(1)
        self._tool_row(row)
        follow(self, self._measure)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_due)

    def _measure(self) -> None:
        self._resized_text = True
        self.setFixedHeight(theme.px(48))
        self._row.setContentsMargins(theme.px(8), 0, theme.px(12), 0)
        self._row.setSpacing(theme.px(8))
        self.family.setContentsMargins(theme.px(6), 0, 0, 0)
        self.study.setContentsMargins(theme.px(4), 0, theme.px(4), 0)

    def _stage_switch(self) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        follow(held, lambda: row.setSpacing(theme.px(8)))
        for key, command in ((",", "hanging.previous"), (".", "hanging.next")):
            step = _Step(key)
            step.setToolTip(f"{self._table[command].title}   {key}")
            step.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            step.clicked.connect(lambda _=False, each=command: self.command_asked.emit(each))
            row.addWidget(step)
            if key == ",":
                self.stage_name = label("", 13, 600)
                self.stage_place = label("", 13, 400, "text2", tabular=True)
                row.addWidget(self.stage_name)
                row.addWidget(self.stage_place)
        return held

    def _tool_row(self, row: QHBoxLayout) -> None:
        self.buttons: dict[str, Button] = {}
        for command, sign in TOOLS:
            row.addWidget(self._tool(command, sign, "tool"))
        self.measure = tool("measuring", "Measuring tools", checkable=True)
        self.measure.clicked.connect(self._measure_menu)
        row.addWidget(self.measure)
        self._switch_line = separator(vertical=True)
        row.addWidget(self._switch_line)
        for command, sign in _SWITCHES:
            row.addWidget(self._tool(command, sign, "switch"))
        row.addWidget(separator(vertical=True))
        layout = tool("layout", "Layout")
        layout.clicked.connect(lambda: self._layout_menu(layout))
        row.addWidget(layout)
        row.addWidget(self._tool("view.reset", "reset", "plain"))
        more = tool("more", "More tools")
        more.clicked.connect(lambda: self._more_menu(more))
        row.addWidget(more)
        self.settings_button = tool("settings", "Settings", "Ctrl+,")
        self.settings_button.clicked.connect(self.settings_asked)
        row.addWidget(self.settings_button)
        for each in (self.measure, layout, more, self.settings_button):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _tool(self, command: str, sign: str, kind: str) -> Button:
        held = self._table[command]
        made = tool(
            sign,
            held.title,
            shown_key(held.keys[0]),
            checkable=kind == "tool",
            kind="switch" if kind == "switch" else "tool",
        )
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda _=False: self.command_asked.emit(command))
        self.buttons[command] = made
        return made

    def _menu(self, at: Button, commands: tuple[tuple[str, str] | None, ...]) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in commands:
            if each is None:
                menu.addSeparator()
                continue
            held = self._table[each[0]]
            key = shown_key(held.keys[0]) if held.keys else ""
            action = QAction(icons.icon(each[1]), f"{held.title}\t{key}".rstrip(), menu)
            action.triggered.connect(
                lambda _=False, identifier=held.id: self.command_asked.emit(identifier)
            )
            menu.addAction(action)
        menu.popup(at.mapToGlobal(QPoint(0, at.height())))
        return menu

    def _layout_menu(self, at: Button) -> None:
        self._menu(at, tuple((each, "layout") for each in _LAYOUTS))

    def _measure_menu(self) -> None:
        # The menu is no choice yet.
        self.measure.setChecked(self._tool_in_menu)
        self._menu(self.measure, MENU)

    def _more_menu(self, at: Button) -> None:
        hidden = tuple(
            pair for pair in (*TOOLS, *_SWITCHES) if not self.buttons[pair[0]].isVisibleTo(self)
        )
        self._menu(at, (*hidden, *_MORE))

    # -- what it says ----------------------------------------------------------------------

    def show_task(self, task: ReadingTask, study: Study | None = None) -> None:
        """Identity of the study where it is open, else of the task."""
        self._task = task
        patient = study.patient if study is not None and study.received else task.patient
        now = self._clock()
        self.family.setText((patient.name.family or patient.name.display).upper())
        self.given.setText(patient.name.given)
        sex, age = patient.sex.value, age_text(patient, now.date())
        self.facts.setText("  ".join(part for part in (sex, age) if part))
        born = patient.birth_date
        self.born.setText(wording.day_text(born) if born is not None else "")
        self.number.setText(f"ID {patient.patient_id}" if patient.patient_id else "no ID")
        taken: datetime | None = study.study_datetime if study is not None else None
        taken = taken or task.study_datetime
        when = wording.moment_text(taken) if taken is not None else ""
        words = task.procedure or (study.description if study is not None else "")
        self.study.setText("  ".join(part for part in (words, when, task.site) if part))
        self._priority.show_priority(task.priority)
        self._show_due()
        self._fit()

    def _show_due(self) -> None:
        task = self._task
        if task is None:
            return
        now = self._clock()
        if task.deadline is None:
            self.due.setText("")
            self._left.setText("")
            return
        self.due.setText(wording.due_text(task, now))
        self.due.set_tone(wording.due_tone(task, now))
        left = task.time_left(now)
        self._left.setText("left" if left is not None and left.total_seconds() > 0 else "")
        wait = wording.until_due_changes(task, now)
        if wait is not None:
            self._timer.start(max(50, min(60_000, int(wait.total_seconds() * 1000) + 20)))

    def show_stage(self, name: str, index: int, count: int) -> None:
        """The stage of the hanging."""
        self.stage_name.setText(name)
        self.stage_place.setText(f"stage {index + 1} of {count}" if count > 1 else "")
        self._staged = count > 0
        self._fit()

    def show_state(self, tool_name: str, crosshair: bool, linked: bool, usable: bool) -> None:
        """Which tool is chosen and what is switched on."""
        self._tool_name = tool_name
        for command, _ in TOOLS:
            self.buttons[command].setChecked(command == f"tool.{tool_name}")
        self._show_tool_of_menu()
        self.measure.setEnabled(usable)
        self.buttons["view.crosshair"].setChecked(crosshair)
        self.buttons["view.link"].setChecked(linked)
        for each in self.buttons.values():
            each.setEnabled(usable)

    def _show_tool_of_menu(self) -> None:
        """A tool that has no button of its own here shows on the button of the menu."""
        chosen, sign = f"tool.{self._tool_name}", icon_of(self._tool_name)
        visible = chosen in self.buttons and self.buttons[chosen].isVisibleTo(self)
        self._tool_in_menu = not visible and sign != "measuring"
        self.measure.set_sign(sign if self._tool_in_menu else "measuring")
        self.measure.setChecked(self._tool_in_menu)

    def stop(self) -> None:
        """The case is closed."""
        self._timer.stop()
        self._task = None

    def _fit(self) -> None:
        """Hide what gives way first until the rest has room."""
        yielding: list[list[QWidget]] = [
            [self.study, self._line],
            [self.settings_button],
            [self._stage],
            [self._left],
            [self.born],
            [self.buttons["tool.scroll"]],
            [self.buttons["tool.angle"]],
            [self.buttons["view.reset"]],
            [self.buttons["tool.ellipse"], self.buttons["tool.window"]],
            [self.buttons["view.link"]],
            [self.buttons["view.crosshair"], self._switch_line],
            [self.buttons["tool.length"]],
            [self.facts],
        ]
        if not self._staged:
            yielding = [group for group in yielding if group != [self._stage]]
        self._stage.setVisible(self._staged)
        for group in yielding:
            for each in group:
                each.setVisible(True)
        self._row.invalidate()
        for group in yielding:
            if self._row.minimumSize().width() <= self.width():
                break
            for each in group:
                each.setVisible(False)
            self._row.invalidate()
        self._show_tool_of_menu()

    def minimumSizeHint(self) -> QSize:
        # What has no room is hidden, so the bar never widens the window.
        return QSize(theme.px(200), theme.px(48))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(1200), theme.px(48))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        # After another text size this comes once the labels have measured themselves again.
        if event.type() == QEvent.Type.LayoutRequest and self._resized_text:
            self._resized_text = False
            self._fit()
        return super().event(event)
