"""Engines on a model of the reader's own, with real models where the extra is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.dictation import engine_models, speech
from workstation.bootstrap.engines import OWN, choice_of, engine_of, engines_words, own_recipe
from workstation.dictation.engines import Bias, Recipe
from workstation.dictation.own_models import load_with
from workstation.dictation.prompting import prompt_of
from workstation.dictation.sound import read_wav
from workstation.domain.dictation import SpeechUnavailable
from workstation.settings import Home, Settings

WHISPERS = ["faster-whisper", "whisper.cpp"]


@pytest.fixture(autouse=True)
def no_watching_thread() -> None:
    """faster-whisper brings tqdm, which would leave a thread behind in the process of the tests."""
    try:
        import tqdm
    except ImportError:
        return
    tqdm.tqdm.monitor_interval = 0


def settings_of(home: Path, engine: str, path: str) -> Settings:
    settings = Settings(home / "settings.json")
    settings.set("dictation.engine", engine)
    settings.set("dictation.model_path", path)
    return settings


def recipe(engine: str, size: str) -> Recipe:
    return own_recipe(engine, str(engine_models.need(engine, size)))


@pytest.mark.parametrize("engine", WHISPERS)
def test_a_whisper_model_writes_a_recorded_sentence(engine: str) -> None:
    decoder = recipe(engine, "tiny").make(2)
    heard = decoder.decode(read_wav(speech.recordings() / "piper-joe_0.wav"), beams=5)
    assert "focal consolidation" in heard.text
    assert all(0 <= word.confidence <= 1 for word in heard.words)
    # What it was sure of it is surer of than of what it got wrong ("plural" for pleural).
    sure = {word.text.strip(".,").lower(): word.confidence for word in heard.words}
    assert sure["focal"] > sure.get("plural", 0.0)
    assert heard.seconds == pytest.approx(4.41, abs=0.01)


@pytest.mark.parametrize("engine", WHISPERS)
def test_phrases_before_the_text_mend_a_word_that_whisper_mishears(engine: str) -> None:
    decoder = recipe(engine, "tiny").make(2)
    sound = read_wav(speech.recordings() / "piper-joe_0.wav")
    assert "pleural" not in decoder.decode(sound, beams=5).text
    decoder.set_phrases(["pleural effusion", "pneumothorax"])
    heard = decoder.decode(sound, beams=5).text
    assert "pleural" in heard


@pytest.mark.parametrize("engine", WHISPERS)
def test_a_short_stretch_and_silence_end_without_a_failure(engine: str) -> None:
    decoder = recipe(engine, "tiny").make(1)
    decoder.decode(np.zeros(800, np.int16))
    decoder.measure(1.0, 4, 1)


def test_vosk_writes_words_with_their_confidence(tmp_path: Path) -> None:
    # Korean, since that is the only Vosk model in a package: "annyeonghaseyo".
    path = engine_models.need("vosk", "korean")
    spoken = tmp_path / "spoken.wav"
    try:
        subprocess.run(
            ["espeak-ng", "-v", "ko", "-s", "120", "-w", str(spoken), "안녕하세요"], check=True
        )
    except FileNotFoundError:
        pytest.skip("espeak-ng is not installed")
    decoder = own_recipe("vosk", str(path)).make(1)
    sound = read_wav(spoken)
    heard = decoder.decode(sound)
    assert "세요" in heard.text.replace(" ", "")
    assert all(0 <= word.confidence <= 1 for word in heard.words)
    # The next utterance begins anew.
    assert decoder.decode(sound).text == heard.text
    assert len(decoder.decode(sound, stop=lambda: True).words) == 0


def test_capabilities_say_what_becomes_of_phrases(tmp_path: Path) -> None:
    from workstation.dictation.faster_whisper import FasterWhisperRecipe
    from workstation.dictation.vosk_kaldi import VoskRecipe
    from workstation.dictation.whisper_cpp import WhisperCppRecipe

    assert FasterWhisperRecipe(tmp_path).capabilities.bias is Bias.PROMPT
    assert WhisperCppRecipe(tmp_path).capabilities.bias is Bias.PROMPT
    assert VoskRecipe(tmp_path).capabilities.bias is Bias.NONE
    assert VoskRecipe(tmp_path).capabilities.partials


# -- what is wrong, in words ---------------------------------------------------------------------


@pytest.mark.parametrize("engine", list(OWN))
def test_without_a_path_the_settings_are_named_as_the_remedy(engine: str, tmp_path: Path) -> None:
    found, words, remedy = engines_words(Home(tmp_path), settings_of(tmp_path, engine, ""))
    assert not found
    assert words == f"No model is named for {engine}."
    assert "settings" in remedy


@pytest.mark.parametrize("engine", list(OWN))
def test_a_missing_package_names_the_extra(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.bootstrap.engines.has_package", lambda _: False)
    with pytest.raises(SpeechUnavailable) as caught:
        choice_of(Home(tmp_path), settings_of(tmp_path, engine, str(tmp_path)))
    assert OWN[engine] in caught.value.happened
    assert "engines.lock" in caught.value.remedy


@pytest.mark.parametrize(
    ("engine", "made", "why"),
    [
        ("faster-whisper", None, "it is not there"),
        ("faster-whisper", "file", "a folder is wanted"),
        ("faster-whisper", "folder", "it is not there"),
        ("vosk", "folder", "it is not there"),
        ("whisper.cpp", "folder", "a file is wanted"),
        ("whisper.cpp", "file", "does not begin like a ggml file"),
    ],
)
def test_a_wrong_path_says_what_is_wrong_with_it(
    engine: str, made: str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.bootstrap.engines.has_package", lambda _: True)
    path = tmp_path / "model"
    if made == "file":
        path.write_bytes(b"not a model")
    elif made == "folder":
        path.mkdir()
    engine_ = engine_of(Home(tmp_path), settings_of(tmp_path, engine, str(path)))
    with pytest.raises(SpeechUnavailable) as caught:
        engine_.start()
    assert why in caught.value.happened
    assert "settings" in caught.value.remedy


def test_a_library_that_fails_becomes_a_sentence() -> None:
    def fails() -> None:
        raise RuntimeError("Unsupported model binary version\nmore")

    with pytest.raises(SpeechUnavailable) as caught:
        load_with("faster_whisper", "faster-whisper base", fails)
    assert caught.value.happened == (
        "faster-whisper base does not load: Unsupported model binary version"
    )


def test_engines_are_imported_by_nothing_but_their_process() -> None:
    script = (
        "import sys, workstation.bootstrap.speech, workstation.dictation.process\n"
        f"assert not set(sys.modules) & {set(OWN.values())!r}"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# -- phrases that fit ------------------------------------------------------------------------------


def test_the_first_phrases_fit_and_no_word_stands_twice() -> None:
    phrases = ["pleural effusion", "effusion", "right lower lobe", "pneumothorax"]
    assert prompt_of(phrases, letters=40) == "pleural effusion, right lower lobe"


def test_a_prompt_never_takes_more_than_its_room() -> None:
    phrases = speech.phrases().all
    assert 0 < len(prompt_of(phrases)) <= 600
