"""Memory that two processes share: what lies in it is not copied through a pipe.

It has no name and no file, and only the process that it is handed to can reach it. Its size is
sealed: a decoder that is broken cannot shrink it under the feet of who reads it.
"""

from __future__ import annotations

import mmap
import os
import sys
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Bytes. Pages are taken from the system when they are written.
SIZE = 64 << 20


class SharedPage:
    """Bytes at the start of the shared memory: of whoever wrote last."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._memory = mmap.mmap(number, SIZE)

    def put(self, content: bytes | memoryview) -> bool:
        """Write from the start; False where there is no room."""
        size = len(content)
        if not 0 < size <= SIZE:
            return False
        self._memory[:size] = content
        return True

    def get(self, size: int) -> bytes:
        """The first bytes."""
        return self._memory[:size]

    def fill(self, array: NDArray[Any]) -> None:
        """Copy into an array as many bytes as it holds."""
        flat = array.reshape(-1).view(np.uint8)
        flat[:] = np.frombuffer(self._memory, np.uint8, flat.size)

    def hand_to(self, pipe: Connection, process_id: int) -> None:
        """Give the other end of a pipe the same memory."""
        reduction.send_handle(pipe, self._number, process_id)

    def close(self) -> None:
        """Let go of it."""
        self._memory.close()
        os.close(self._number)


def made() -> SharedPage | None:
    """New memory to share; None where the system has none without a name."""
    if sys.platform != "linux":
        return None
    import fcntl

    number = os.memfd_create("frame", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(number, SIZE)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(number, fcntl.F_ADD_SEALS, seals)
    return SharedPage(number)


def taken(pipe: Connection) -> SharedPage:
    """What `hand_to` gave."""
    return SharedPage(reduction.recv_handle(pipe))
