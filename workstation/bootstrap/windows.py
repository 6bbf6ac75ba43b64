"""The program with its windows: one application, one workbench, one window."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from workstation.bootstrap.assembly import assemble, reader_of
from workstation.bootstrap.setting_up import endpoint_of
from workstation.domain.clock import Clock, utc_now
from workstation.domain.identity import Reader
from workstation.services.endpoint import Endpoint
from workstation.settings import Home, Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from workstation.ui.desk import Desk
    from workstation.workflow.workbench import Workbench

_log = logging.getLogger("workstation")


class Unhandled:
    """Where defects end: the log tells the kind and the place, never a value, and the window says
    that something went wrong. Drafts are on the disk by then: they are written as they are typed.
    """

    def __init__(self) -> None:
        self.show: Callable[[str], None] | None = None
        self.seen: list[BaseException] = []
        self._lock = threading.Lock()

    def __call__(self, error: BaseException) -> None:
        with self._lock:
            self.seen.append(error)
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = "nowhere"
        if trace is not None:
            file = Path(trace.tb_frame.f_code.co_filename).name
            place = f"{file}:{trace.tb_lineno}"
        _log.error("defect %s at %s", type(error).__name__, place)
        if self.show is not None:
            self.show(
                f"Something went wrong in Nocturne ({type(error).__name__} at {place})."
                " Your draft is saved. Close the case and open it again; report this line."
            )

    def hook(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        """`sys.excepthook`: what Qt's slots raise ends here too."""
        self(error)


def application() -> QApplication:
    """The one QApplication, themed."""
    from PySide6.QtWidgets import QApplication

    held = QApplication.instance()
    app = held if isinstance(held, QApplication) else QApplication(["nocturne"])
    app.setApplicationName("Nocturne")
    return app


def dress(app: QApplication, settings: Settings) -> None:
    """Put the theme of the settings on the application."""
    from workstation.ui import theme

    tokens = theme.load(high_contrast=settings.flag("display.high_contrast"))
    theme.apply(app, tokens, settings.number("display.text_percent") / 100)


@contextmanager
def window_on(
    home: Home,
    settings: Settings,
    endpoints: Sequence[Endpoint],
    *,
    reader: Reader,
    clock: Clock = utc_now,
    unhandled: Unhandled | None = None,
) -> Iterator[tuple[Desk, Workbench]]:
    """The window on a workbench; both are closed at the end."""
    from workstation.ui.desk import Desk
    from workstation.ui.garbage import collected_here
    from workstation.ui.job_bridge import JobBridge

    app = application()
    dress(app, settings)
    defects = unhandled or Unhandled()
    with (
        collected_here(),
        assemble(
            home, settings, endpoints, reader=reader, unhandled=defects, clock=clock
        ) as workbench,
    ):
        bridge = JobBridge(workbench.jobs)
        desk = Desk(workbench, bridge)
        defects.show = lambda words: bridge.post(lambda: desk.say(words))

        def restyle(key: str) -> None:
            if key in ("display.text_percent", "display.high_contrast"):
                bridge.post(lambda: dress(app, settings))

        for notice in workbench.notices:
            desk.say(notice.sentence())
        end = settings.listen(restyle)
        try:
            yield desk, workbench
        finally:
            end()
            defects.show = None
            desk.close()
            bridge.close()
            desk.deleteLater()
            app.processEvents()


def run_until_closed(app: QApplication) -> int:
    """The event loop; Ctrl+C in the terminal closes the window like its button."""
    from PySide6.QtCore import QTimer

    signal.signal(signal.SIGINT, lambda *_: app.closeAllWindows())
    signal.signal(signal.SIGTERM, lambda *_: app.closeAllWindows())
    # Python sees signals only while it runs: the loop gives it a turn now and then.
    ticking = QTimer()
    ticking.timeout.connect(lambda: None)
    ticking.start(250)
    return app.exec()


def log_to(home: Home) -> None:
    """Write the log of this package to the home folder: kinds and places, no patient data."""
    handler = logging.FileHandler(home.log_file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    package = logging.getLogger("workstation")
    package.addHandler(handler)
    package.setLevel(logging.INFO)
    package.propagate = False


def open_workstation(home: Path | None) -> int:
    """Open the window on the home folder and its services; returns the exit status."""
    place = Home.at(home)
    settings = Settings(place.settings_file)
    log_to(place)
    defects = Unhandled()
    sys.excepthook = defects.hook
    endpoints = [endpoint_of(entry) for entry in settings.services()]
    with window_on(place, settings, endpoints, reader=reader_of(settings), unhandled=defects) as (
        desk,
        _,
    ):
        desk.showMaximized()
        # What is there now stays to the end: looking through it would only hold up the images.
        gc.freeze()
        return run_until_closed(application())
