"""Cycles are collected in the Qt thread, whatever the other threads do."""

from __future__ import annotations

import gc
import threading
import weakref

from pytestqt.qtbot import QtBot

from workstation.ui.garbage import collected_here


class Cycle:
    def __init__(self) -> None:
        self.me = self


def test_what_a_busy_thread_leaves_is_collected_in_the_qt_thread(qtbot: QtBot) -> None:
    gone: list[int] = []

    def work() -> None:
        # more than the limit of the first generation, which would be collected at once
        for _ in range(5000):
            weakref.finalize(Cycle(), lambda: gone.append(threading.get_ident()))

    with collected_here():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
        qtbot.waitUntil(lambda: bool(gone))
    assert set(gone) == {threading.get_ident()}


def test_collecting_goes_on_as_before_when_the_window_is_closed() -> None:
    gc.enable()
    with collected_here():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()  # as it is for the rest of a test of a window
