"""What the parent says to the process of an engine, as that process gets to hear it."""

from __future__ import annotations

import queue
import threading
from collections import deque
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Messages of the parent.
PHRASES, BEGIN, SOUND, END, FORGET = "phrases", "begin", "sound", "end", "forget"


class Inbox:
    """Messages in order; `interrupted` tells that what is under way is wanted no more."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._held: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        #: sound that nobody took yet, to look at while something else is under way
        self._untaken: deque[bytes] = deque()
        self.forget = threading.Event()
        #: a partial text is not worth waiting for once the end was said
        self.hurry = threading.Event()
        threading.Thread(target=self._read, name="engine-inbox", daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                self.forget.set()
                self._held.put(None)
                return
            if message[0] == FORGET:
                self.forget.set()
            if message[0] == END:
                self.hurry.set()
            if message[0] == SOUND:
                self._untaken.append(message[1])
            self._held.put(message)

    def next(self) -> tuple[Any, ...] | None:
        """Wait for the next message; None behind the last."""
        message = self._held.get()
        if message is not None and message[0] == SOUND:
            self._untaken.popleft()
        return message

    def untaken(self) -> NDArray[np.int16]:
        """The sound that came meanwhile."""
        return np.frombuffer(b"".join(tuple(self._untaken)), np.int16)

    def waiting(self) -> bool:
        """Whether there is one already."""
        return not self._held.empty()
