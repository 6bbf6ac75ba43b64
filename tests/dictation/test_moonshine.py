"""The model itself, on recordings; the wanted words are what was read out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.dictation import speech
from workstation.dictation.bias import PhraseBias
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.moonshine import said_again
from workstation.dictation.sound import read_wav
from workstation.dictation.tokens import Tokens

REFERENCE = {
    "pleural effusion": [5644, 3631, 1801, 3958],
    "No pneumothorax, L4-L5.": [
        1939,
        282,
        29765,
        720,
        272,
        1165,
        29892,
        365,
        29946,
        29899,
        29931,
        29945,
        29889,
    ],
    "Ménière µm ☃": [10275, 1240, 1908, 29871, 30263, 29885, 29871, 229, 155, 134],
}


def test_a_phrase_that_was_begun_gives_its_bonus_back_when_it_is_left_inside_a_word() -> None:
    bias = PhraseBias([[[1, 2], [3]]], boost=1.0, first=0.5)
    root = bias.moves(0)
    assert root.tokens.tolist() == [1]
    inside = bias.moves(int(root.nodes[0]))
    assert inside.otherwise == pytest.approx(-0.5)
    behind = bias.moves(int(inside.nodes[list(inside.tokens).index(2)]))
    assert behind.otherwise == 0.0


def test_a_phrase_inside_another_keeps_its_bonus() -> None:
    bias = PhraseBias([[[1], [2], [3]], [[2]]], boost=1.0, first=1.0)
    node = 0
    for token in (1, 2):
        moves = bias.moves(node)
        node = int(moves.nodes[list(moves.tokens).index(token)])
    assert bias.moves(node).otherwise == 0.0


def test_what_followed_the_same_three_tokens_before_is_a_repetition() -> None:
    said = [7, 1, 2, 3, 4, 9, 1, 2, 3]
    assert said_again(said) == [4]
    assert said_again([*said, 4]) == [9]
    assert said_again([*said, 5]) == []
    assert said_again([1, 2, 3]) == []
    assert said_again([]) == []


def test_tokens_are_those_of_the_reference_tokenizer() -> None:
    """Numbers from the package tokenizers 0.22 with the same tokenizer.json."""
    tokens = Tokens(speech.need().files("tiny").tokenizer)
    assert tokens.encode("pleural effusion") == REFERENCE["pleural effusion"]
    assert tokens.encode("No pneumothorax, L4-L5.") == REFERENCE["No pneumothorax, L4-L5."]
    assert tokens.encode("Ménière µm ☃") == REFERENCE["Ménière µm ☃"]
    for text in REFERENCE:
        assert tokens.decode(tokens.encode(text)) == text


@pytest.mark.parametrize(("model", "most"), [("tiny", 8.0), ("base", 5.0)])
def test_word_errors_on_the_neural_voice_stay_within_the_goal(model: str, most: float) -> None:
    folder = speech.recordings()
    decoder = speech.moonshine(model)
    errors = count = 0
    for number, reference in enumerate(speech.references()):
        sound = read_wav(folder / f"piper-joe_{number}.wav")
        scribe = speech.our_writer()
        made = scribe.write(scribe.mend(decoder.decode(sound, beams=FINAL_BEAMS)))
        words = speech.plain_words(speech.as_written(reference))
        errors += speech.word_errors(words, speech.plain_words(made.text))
        count += len(words)
    assert 100 * errors / count <= most


def test_silence_gives_no_text_that_somebody_might_sign() -> None:
    heard = speech.moonshine("tiny").decode(np.zeros(16000, np.int16), beams=2)
    assert all(word.confidence < 0.9 for word in heard.words)
    assert len(heard.words) <= 3


def test_decoding_ends_when_it_is_asked_to() -> None:
    sound = read_wav(speech.recordings() / "piper-joe_0.wav")
    heard = speech.moonshine("tiny").decode(sound, stop=lambda: True)
    assert heard.words == ()
