"""What the engines on a model of the reader's own have in common: what may be missing, in words."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from workstation.domain.dictation import SpeechUnavailable

T = TypeVar("T")

EXTRA = "Install the extra engines: pip install --require-hashes -r installer/engines.lock."
_CHOOSE = "Choose another model in the settings, on the page Dictation."
_TYPING = "Nothing can be dictated; typing works as always."


def has_package(package: str) -> bool:
    """Whether a package is here; it is not loaded."""
    return importlib.util.find_spec(package) is not None


def package_missing(label: str, package: str) -> SpeechUnavailable:
    """What to say where it is not."""
    return SpeechUnavailable(
        f"{label} cannot be used: the package {package} is not installed.",
        means=_TYPING,
        remedy=EXTRA,
    )


def damaged(path: Path, engine: str, why: str) -> SpeechUnavailable:
    """What to say of a file that the engine cannot use."""
    return SpeechUnavailable(
        f"{path} is no model for {engine}: {why}.", means=_TYPING, remedy=_CHOOSE
    )


def need_folder(folder: Path, engine: str) -> None:
    """SpeechUnavailable where it is none."""
    if not folder.is_dir():
        why = "it is a file, and a folder is wanted" if folder.exists() else "it is not there"
        raise damaged(folder, engine, why)


def need_file(file: Path, engine: str) -> None:
    """SpeechUnavailable where it is none."""
    if file.is_dir():
        raise damaged(file, engine, "it is a folder, and a file is wanted")
    if not file.is_file():
        raise damaged(file, engine, "it is not there")


def load_with(package: str, label: str, make: Callable[[], T]) -> T:
    """What `make` gives; SpeechUnavailable where the package or the model does not load."""
    try:
        return make()
    except ImportError as error:
        missing = getattr(error, "name", None) or package
        raise package_missing(label, str(missing)) from error
    except Exception as error:
        # The libraries raise plain RuntimeError and Exception for whatever the files lack.
        raise SpeechUnavailable(
            f"{label} does not load: {str(error).splitlines()[0] if str(error) else type(error)}",
            means=_TYPING,
            remedy=_CHOOSE,
        ) from error
