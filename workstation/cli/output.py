"""Files that verbs write: whole or not at all."""

from __future__ import annotations

import errno
import io
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.domain.errors import DiskFull, ReaderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def save_bytes(path: Path, content: bytes) -> None:
    """Write beside and rename; ReaderError where the folder cannot be written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # mkstemp's file is the owner's alone; what a verb writes is an ordinary file.
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"{path} could not be written: the disk is full.") from error
        raise ReaderError(f"{path} could not be written: {error.strerror}.") from error


def save_array(path: Path, array: NDArray[Any]) -> None:
    """A .npy file (format of numpy.lib.format)."""
    import numpy as np

    held = io.BytesIO()
    np.save(held, np.ascontiguousarray(array), allow_pickle=False)
    save_bytes(path, held.getvalue())


def save_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """A PNG of one byte a pixel for grey, RGB for colour."""
    import cv2

    rgb = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    made, encoded = cv2.imencode(".png", rgb)
    if not made:
        raise ReaderError(f"{path} could not be written as PNG.")
    save_bytes(path, encoded.tobytes())


def save_json(path: Path, document: dict[str, object]) -> None:
    """A JSON document in UTF-8."""
    words = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    save_bytes(path, (words + "\n").encode())
