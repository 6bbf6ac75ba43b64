"""Keys, clicks and drags at random in the real window, and what must hold after each of them.

`python -m tests.faults.random_hands [SEEDS] [STEPS] [FIRST]` reads the phantoms of the demo with
`SEEDS` pairs of hands, each of `STEPS` steps, and prints what each of them met. The same number
chooses the same steps; what jobs bring in between comes when it comes.
"""

from __future__ import annotations

import faulthandler
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF
from PySide6.QtCore import Qt as Key
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from tests.faults.wrong import noted
from workstation.bootstrap.windows import window_on
from workstation.commands.registry import REGISTRY, Place
from workstation.domain.delivery import DeliveryState
from workstation.tour.demo_service import READER, DemoService, demo_service
from workstation.ui.desk import Desk
from workstation.ui.hands import Hands
from workstation.workflow.workbench import Workbench

#: A step may keep the window from answering this long.
ANSWER_S = 5.0
#: What the platform says without a screen and without sound, whatever is done.
_OF_THE_PLATFORM = (
    *("raise()", "grabbing the keyboard", "grabbing the mouse"),
    *("pipewire", "FFmpeg", "PulseAudio", "pa_context"),
)
#: Pages beside the read: who gets there goes back soon.
_ASIDE = (Place.SETTINGS, Place.TEMPLATES, Place.SHIFT, Place.OUTBOX)
#: Typed into whatever has the keyboard: findings, a macro, other scripts, controls of direction.
_WORDS = (
    "No acute finding. ",
    "Nodule of 7 mm in the right upper lobe. ",
    "Pneumothorax on the left. ",
    ".nliver ",
    "רופא ",
    "肺結節 ",
    "\u202eabc ",
    "1,5 cm. ",
)


@dataclass
class Met:
    """What one pair of hands met."""

    seed: int
    steps: int = 0
    opened: set[str] = field(default_factory=set)
    signed: int = 0
    slowest: tuple[str, float] = ("", 0.0)
    #: steps that kept the window from answering for too long
    slow: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class RandomHands:
    """Drives one window; `step` does one thing and looks at everything."""

    def __init__(self, desk: Desk, bench: Workbench, seed: int, wrong: list[str]) -> None:
        self.desk, self.bench, self.wrong = desk, bench, wrong
        self.hands, self.dice = Hands(desk), random.Random(seed)
        self.met = Met(seed)
        self._said = 0
        self._sealed: dict[str, object] = {}
        self._tokens: dict[str, str] = {}

    # -- what hands do -------------------------------------------------------------------------

    def step(self) -> None:
        """One thing, timed; then everything is looked at."""
        name, do = self._choose()
        begun = time.monotonic()
        do()
        taken = time.monotonic() - begun
        # The loop runs for a moment, as it does under the hands of anybody.
        QTest.qWait(self.dice.choice((0, 0, 5, 30)))
        self.met.steps += 1
        if taken > self.met.slowest[1]:
            self.met.slowest = (name, taken)
        if taken > ANSWER_S:
            self.met.slow.append(f"{name} took {taken:.1f} s")
        self.look(name)

    def _choose(self) -> tuple[str, Callable[[], None]]:
        dice, place = self.dice, self._place()
        if QApplication.activePopupWidget() is not None:
            key = dice.choice(("Down", "Return", "Escape"))
            return f"menu {key}", lambda: self._popup(key)
        roll = dice.random()
        if place in _ASIDE and roll < 0.25:
            return f"{place} back to the list", lambda: self.hands.press("Ctrl+L")
        if place in (Place.REPORT, Place.VIEWPORT) and roll < 0.05:
            return f"{place} signs", self._sign
        if place in (Place.LIST, Place.OUTBOX, Place.SHIFT) and roll < 0.5:
            key = dice.choice(("Down", "Down", "Up", "Return", "N", "Home", "Escape"))
            return f"{place} {key}", lambda: self.hands.press(key)
        if roll < 0.62:
            held = [c for c in REGISTRY.commands(place) if c.keys]
            held += [c for c in REGISTRY.commands(Place.EVERYWHERE) if c.keys]
            command = dice.choice(held)
            key = dice.choice(command.keys)
            return f"{place} {key} ({command.id})", lambda: self.hands.press(key)
        if roll < 0.74:
            words = dice.choice(_WORDS)
            return f"{place} types", lambda: self._type(words)
        if roll < 0.80:
            key = dice.choice(
                (
                    "Tab",
                    "Shift+Tab",
                    "Return",
                    "Delete",
                    "Backspace",
                    "Ctrl+Z",
                    "Ctrl+A",
                    "Escape",
                    "Down",
                    "Right",
                )
            )
            return f"{place} {key}", lambda: self.hands.press(key)
        if roll < 0.86:
            return f"{place} click", self._click
        if roll < 0.96:
            return f"{place} drag", self._drag
        width, height = dice.choice(((1366, 768), (1920, 1080), (1024, 700), (2560, 1440)))
        return f"resize {width}", lambda: self.desk.resize(width, height)

    def _place(self) -> Place:
        desk, focus = self.desk, QApplication.focusWidget()
        page = desk.pages.currentWidget()
        if page is desk.room:
            if focus is not None and desk.panel.isAncestorOf(focus):
                return Place.REPORT
            if desk.room.page.isVisible():
                return Place.DOCUMENT
            return Place.VIEWPORT
        if page is desk.settings_page:
            return Place.SETTINGS
        if page is desk.templates_page:
            return Place.TEMPLATES
        shown = desk._desk_pages.currentWidget()
        if shown is desk.outbox_page:
            return Place.OUTBOX
        return Place.SHIFT if shown is desk.shift_page else Place.LIST

    def _sign(self) -> None:
        """Normal statements, an impression, and the key twice: what blocks stops it."""
        for keys in ("F9", "F6"):
            self.hands.press(keys)
        self._type("Normal. ")
        for _ in range(2):
            self.hands.press("Ctrl+Return")
            QTest.qWait(self.dice.choice((0, 20, 200)))

    def _token(self, workitem_uid: str) -> str:
        """A word that is typed into the report of this case and into no other."""
        known = self._tokens.setdefault(workitem_uid, f"zq{chr(97 + len(self._tokens))}zq")
        return f"{known} "

    def _type(self, words: str) -> None:
        """As keys where there is a key for each letter, else as an input method writes."""
        task = self.desk.room.task
        if task is not None and self._place() is Place.REPORT and self.dice.random() < 0.5:
            words = self._token(task.workitem_uid)
        if words.isascii():
            self.hands.type(words)
            return
        event = QInputMethodEvent()
        event.setCommitString(words)
        QApplication.sendEvent(self.hands.focus(), event)
        self.hands.settle()

    def _popup(self, key: str) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            QTest.keyClick(
                popup,
                {"Down": Key.Key.Key_Down, "Return": Key.Key.Key_Return}.get(
                    key, Key.Key.Key_Escape
                ),
            )
            self.hands.settle()
            popup = QApplication.activePopupWidget()
            if key != "Down" and isinstance(popup, QMenu):
                popup.close()

    def _anywhere(self) -> tuple[object, QPointF]:
        dice, desk = self.dice, self.desk
        if desk.pages.currentWidget() is desk.room and dice.random() < 0.7:
            viewport = dice.choice(list(desk.room.images.grid.shown))
            area = viewport.rect()
        else:
            viewport, area = desk, desk.rect()
        at = QPointF(dice.uniform(2, area.width() - 2), dice.uniform(2, area.height() - 2))
        return viewport, at

    def _click(self) -> None:
        widget, at = self._anywhere()
        if widget is self.desk:
            found = self.desk.childAt(at.toPoint())
            if found is None:
                return
            at = QPointF(found.mapFrom(self.desk, at.toPoint()))
            widget = found
        button = self.dice.choice(
            (Key.MouseButton.LeftButton,) * 4 + (Key.MouseButton.RightButton,)
        )
        # A context menu opened by hand is a popup of its own, which the next step meets.
        QTest.mouseMove(widget, at.toPoint())
        QTest.mouseClick(widget, button, Key.KeyboardModifier.NoModifier, at.toPoint())
        self.hands.settle()

    def _drag(self) -> None:
        desk, dice = self.desk, self.dice
        if desk.pages.currentWidget() is not desk.room:
            return self._click()
        viewport = dice.choice(list(desk.room.images.grid.shown))
        area = viewport.rect()
        points = [
            QPointF(dice.uniform(1, area.width() - 1), dice.uniform(1, area.height() - 1))
            for _ in range(2)
        ]
        if dice.random() < 0.4:
            self.hands.wheel(viewport, dice.randint(-12, 12))
        else:
            self.hands.drag(viewport, *points)
        return None

    # -- what must hold ------------------------------------------------------------------------

    def look(self, step: str) -> None:
        """Identity, the sum of instances, the signed: whatever was done."""
        desk, room = self.desk, self.desk.room
        wrong: list[str] = []
        if desk.windowTitle() != "Nocturne":
            wrong.append(f"the window is called {desk.windowTitle()!r}")
        if desk.pages.currentWidget() is room:
            wrong += self._identities()
        study = room.study
        if study is not None and study.received != study.shown + len(study.not_shown):
            wrong.append(f"received {study.received}, shown {study.shown} + {len(study.not_shown)}")
        for entry in self.bench.delivering.entries():
            whole = (entry.workitem_uid, entry.study_instance_uid, entry.objects)
            if self._sealed.setdefault(entry.identifier, whole) != whole:
                wrong.append("what was signed is another now")
            if entry.state is DeliveryState.REFUSED:
                wrong.append(f"refused: {entry.problem_happened}")
        self.met.signed = len(self._sealed)
        for each in self.wrong[self._said :]:
            wrong.append(each)
        if wrong:
            self.met.wrong += [f"step {self.met.steps}, {step}: {each}" for each in wrong]
        self._said = len(self.wrong)
        desk.grab()

    def _identities(self) -> list[str]:
        desk, room = self.desk, self.desk.room
        task, study = room._task, room.study
        if task is None:
            return ["the room is shown without a case"]
        wrong = []
        self.met.opened.add(task.workitem_uid)
        told = room.bar.number.text()
        if task.patient.patient_id not in told:
            wrong.append(f"the bar does not name {task.patient.patient_id}")
        if not (room.bar.family.isVisible() or room.bar.number.isVisible()):
            wrong.append("no identity in sight")
        own = task.study_instance_uid
        if study is not None and study.study_instance_uid != own:
            wrong.append("the study is another than the task's")
        priors = set(room._priors.opened)
        for viewport in room.images.grid.shown:
            pane = viewport.pane
            if pane is None:
                continue
            uid = pane.study.study_instance_uid
            if uid != own and uid not in priors:
                wrong.append("a viewport shows a study of somebody else")
            if uid != own and not pane.prior:
                wrong.append("an earlier study is not marked as one")
        panel = desk.panel
        if panel.editor.isEnabled() and study is not None:
            case = panel._case
            if case is not None and case.task.workitem_uid != task.workitem_uid:
                wrong.append("the report belongs to another case")
            text = panel.editor.toPlainText()
            others = {t for uid, t in self._tokens.items() if uid != task.workitem_uid}
            wrong += [f"{each} is of another case" for each in others if each in text]
        return wrong


@contextmanager
def random_hands(
    demo: DemoService, seed: int, size: tuple[int, int] = (1600, 900)
) -> Iterator[RandomHands]:
    """Hands on a window of the demo; defects and Qt's warnings count as wrong."""
    with noted(*_OF_THE_PLATFORM) as (defects, wrong):
        former_hook, sys.excepthook = sys.excepthook, defects.hook
        try:
            with window_on(
                demo.home, demo.settings, [demo.endpoint], reader=READER, unhandled=defects
            ) as (desk, bench):
                desk.resize(*size)
                desk.show()
                desk.activateWindow()
                made = RandomHands(desk, bench, seed, wrong)
                made.hands.wait(desk.isActiveWindow, "the window becomes active")
                made.hands.wait(bench.worklist.rows, "tasks in the worklist")
                yield made
            made.met.wrong += [f"closing: {each}" for each in wrong[made._said :]]
        finally:
            sys.excepthook = former_hook


def read(seed: int, steps: int, only: tuple[str, ...] = ()) -> Met:
    """One pair of hands on the phantoms, or on some of them, and a home of its own."""
    with ExitStack() as stack:
        demo = stack.enter_context(demo_service(None, None, only=only))
        hands = stack.enter_context(random_hands(demo, seed))
        stack.enter_context(_no_dialogs())
        for _ in range(steps):
            faulthandler.dump_traceback_later(60, exit=False)
            hands.step()
            faulthandler.cancel_dump_traceback_later()
    return hands.met


@contextmanager
def _no_dialogs() -> Iterator[None]:
    """The desktop's own dialogs for files are closed as soon as they open."""
    former = QFileDialog.open
    QFileDialog.open = lambda self, *_: self.reject()  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        QFileDialog.open = former  # type: ignore[method-assign]


def main(arguments: list[str]) -> int:
    """Print a line for each pair of hands, and what was wrong."""
    seeds, steps, first = (*map(int, arguments), *(5, 400, 1)[len(arguments) :])
    failed = 0
    for seed in range(first, first + seeds):
        met = read(seed, steps)
        failed += bool(met.wrong or met.slow)
        name, seconds = met.slowest
        lines = [
            f"seed {seed}: {met.steps} steps, {len(met.opened)} cases, {met.signed} signed,"
            f" slowest {seconds:.2f} s ({name}), {len(met.wrong)} wrong",
            *(f"    {each}" for each in (*met.slow, *met.wrong[:12])),
        ]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
