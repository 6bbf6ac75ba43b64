"""Sound files and where utterances end."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from workstation.dictation.segmenting import Segmenter, split
from workstation.dictation.sound import level, read_wav
from workstation.domain.dictation import SoundRefused


def save(path: Path, samples: np.ndarray, rate: int, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def tone(seconds: float, rate: int, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_a_tone_of_any_rate_comes_out_as_the_same_tone_at_16_khz(tmp_path: Path, rate: int) -> None:
    path = save(tmp_path / "tone.wav", (tone(1, rate) * 32767).astype("<i2"), rate)
    found = read_wav(path).astype(float) / 32768
    wanted = tone(1, 16000)[: len(found)]
    middle = slice(1000, min(len(found), len(wanted)) - 1000)
    assert np.corrcoef(found[middle], wanted[middle])[0, 1] > 0.999
    assert np.abs(found[middle] - wanted[middle]).max() < 0.02


def test_tones_above_8_khz_do_not_fold_down(tmp_path: Path) -> None:
    samples = (tone(1, 48000, 11_000.0) * 32767).astype("<i2")
    assert level(read_wav(save(tmp_path / "high.wav", samples, 48000))[1000:-1000]) < -60


def test_two_channels_are_averaged_and_8_and_24_bit_are_read(tmp_path: Path) -> None:
    both = np.stack([tone(1, 16000), np.zeros(16000)], axis=1)
    stereo = save(tmp_path / "s.wav", (both * 32767).astype("<i2"), 16000, channels=2)
    assert np.abs(read_wav(stereo) / 32768 - tone(1, 16000) / 2).max() < 0.001
    eight = save(tmp_path / "8.wav", (tone(1, 16000) * 127 + 128).astype(np.uint8), 16000, width=1)
    assert np.abs(read_wav(eight) / 32768 - tone(1, 16000)).max() < 0.02
    whole = (tone(1, 16000) * (2**23 - 1)).astype("<i4")
    packed = whole.view(np.uint8).reshape(-1, 4)[:, :3].copy()
    wide = save(tmp_path / "24.wav", packed, 16000, width=3)
    assert np.abs(read_wav(wide) / 32768 - tone(1, 16000)).max() < 0.001


def riff(kind: int, width: int, data: bytes, *, extra: bytes = b"", size: int = -1) -> bytes:
    """A WAV file of one channel at 16 kHz; `size` is what its header says of the data."""
    head = struct.pack("<HHIIHH", kind, 1, 16000, 16000 * width, width, 8 * width) + extra
    body = b"fmt " + struct.pack("<I", len(head)) + head
    body += b"LIST" + struct.pack("<I", 3) + b"abc\0"  # odd, and so padded
    body += b"data" + struct.pack("<I", len(data) if size < 0 else size) + data
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


#: The sub-formats of Microsoft's extensible format: {0000000N-0000-0010-8000-00aa00389b71}.
SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")


def extensible(bits: int, real: int) -> bytes:
    return struct.pack("<HHI", 22, bits, 4) + struct.pack("<H", real) + SUBFORMAT


@pytest.mark.parametrize(
    ("kind", "width", "dtype", "extra"),
    [
        (3, 4, "<f4", b""),
        (3, 8, "<f8", b""),
        (0xFFFE, 4, "<f4", extensible(32, 3)),
        (0xFFFE, 2, "<i2", extensible(16, 1)),
        (1, 4, "<i4", b""),
    ],
)
def test_floating_point_wide_and_extensible_files_are_heard(
    tmp_path: Path, kind: int, width: int, dtype: str, extra: bytes
) -> None:
    scale = 1.0 if "f" in dtype else 2.0 ** (8 * width - 1) - 1
    data = (tone(1, 16000) * scale).astype(dtype).tobytes()
    path = tmp_path / "f.wav"
    path.write_bytes(riff(kind, width, data, extra=extra))
    assert np.abs(read_wav(path) / 32768 - tone(1, 16000)).max() < 0.001


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_file_whose_length_was_not_known_when_it_was_begun_is_heard_to_its_end(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "stream.wav"
    path.write_bytes(riff(1, 2, (tone(1, 16000) * 32767).astype("<i2").tobytes(), size=size))
    assert len(read_wav(path)) == 16000


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (b"", "is empty"),
        (b"not a sound file at all", "is no WAV file"),
        (b"RIFF", "is no WAV file"),
        (riff(1, 2, b"")[:40], "without sound"),
        (riff(1, 2, b""), "without sound"),
        (riff(7, 1, bytes(800)), r"is compressed \(µ-law\)"),
        (riff(0x1234, 1, bytes(800)), r"is compressed \(format 4660\)"),
        (riff(1, 0, bytes(800)), "in a way that cannot be heard"),
        (riff(1, 2, bytes(32000))[:-16000], "ends after 0.5 s of 1.0 s"),
        (riff(3, 4, np.full(16000, np.nan, "<f4").tobytes()), "no numbers"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(tmp_path: Path, held: bytes, words: str) -> None:
    path = tmp_path / "no.wav"
    path.write_bytes(held)
    with pytest.raises(SoundRefused, match=words):
        read_wav(path)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundRefused, match="is not there"):
        read_wav(tmp_path / "missing.wav")
    with pytest.raises(SoundRefused, match="cannot be read: Is a directory"):
        read_wav(tmp_path)


def noise(seconds: float, amplitude: float, seed: int = 1) -> np.ndarray:
    made = np.random.default_rng(seed).normal(0, amplitude, int(seconds * 16000))
    return (made * 32767).clip(-32768, 32767).astype(np.int16)


def test_silence_holds_no_utterance() -> None:
    assert split(np.zeros(5 * 16000, np.int16)) == []
    assert split(noise(5, 0.0005)) == []


def test_two_sentences_with_a_pause_are_two_utterances() -> None:
    quiet, loud = noise(1.2, 0.0005), noise(2, 0.1)
    found = split(np.concatenate([quiet, loud, quiet, loud, quiet]))
    assert len(found) == 2
    assert all(2.0 <= len(each.sound) / 16000 <= 3.2 for each in found)


@pytest.mark.parametrize("behind", [0.1, 0.3, 0.65, 1.2])
def test_an_engine_hears_a_pause_of_one_length_however_soon_the_key_goes_up(
    behind: float,
) -> None:
    quiet, loud = noise(1.2, 0.0005), noise(2, 0.1)
    (found,) = split(np.concatenate([quiet, loud, quiet[: int(behind * 16000)]]))
    assert len(found.sound) / 16000 == pytest.approx(2.3 + min(behind, 0.7), abs=0.05)
    assert len(found.words) / 16000 == pytest.approx(3.0, abs=0.05)
    # The pause that is heard sounds like the room: no digital silence behind a hum.
    assert level(found.words[-3200:]) == pytest.approx(level(quiet), abs=1.0)
    heard = int((2.3 + min(behind, 0.28)) * 16000)
    assert np.array_equal(found.sound[:heard], found.words[:heard])


def test_what_has_to_be_heard_is_known_before_the_pause_is_over() -> None:
    quiet, loud = noise(1.2, 0.0005), noise(2, 0.1)
    segmenter = Segmenter()
    assert segmenter.feed(np.concatenate([quiet, loud, quiet[:3200]])) == []
    assert segmenter.settled is None  # 0.2 s of quiet may be inside a word
    assert segmenter.feed(quiet[3200:6400]) == []
    early = segmenter.settled
    assert early is not None
    (found,) = segmenter.feed(quiet[6400:16000])
    assert np.array_equal(found.words, early)


def test_a_click_in_a_pause_is_no_word_and_a_word_is() -> None:
    quiet, loud = noise(0.4, 0.0005), noise(2, 0.1)
    segmenter = Segmenter()
    segmenter.feed(np.concatenate([quiet, loud, quiet]))
    before = segmenter.settled
    click, word = noise(0.03, 0.2), noise(0.2, 0.1)
    assert not segmenter.holds_speech(click)
    assert segmenter.holds_speech(word)
    segmenter.feed(np.concatenate([click, quiet[:1600]]))
    assert before is not None
    assert segmenter.settled is not None
    assert np.array_equal(before, segmenter.settled)
    segmenter.feed(word)
    assert segmenter.settled is None
    rest = segmenter.flush()
    assert rest is not None
    assert np.array_equal(rest.words[: len(rest.sound)], rest.sound)


def test_a_monologue_without_a_pause_is_cut_and_nothing_is_lost() -> None:
    sound = noise(60, 0.1)
    found = split(sound)
    assert all(len(each.sound) <= 12 * 16000 for each in found)
    assert np.array_equal(np.concatenate([each.sound for each in found]), sound)
    assert all(np.array_equal(each.words, each.sound) for each in found[:-1])


def test_sound_in_small_pieces_is_cut_as_in_one() -> None:
    sound = np.concatenate([noise(1.2, 0.0005), noise(2, 0.1), noise(1.2, 0.0005), noise(1, 0.1)])
    segmenter = Segmenter()
    found = []
    for start in range(0, len(sound), 777):
        found += segmenter.feed(sound[start : start + 777])
    rest = segmenter.flush()
    assert rest is not None
    whole = split(sound)
    made = [(len(each.sound), len(each.words)) for each in (*found, rest)]
    assert made == [(len(each.sound), len(each.words)) for each in whole]


def test_what_is_shorter_than_any_word_is_no_utterance() -> None:
    quiet = noise(1.2, 0.0005)
    assert split(np.concatenate([quiet, noise(0.1, 0.1), quiet])) == []
    assert split(noise(0.1, 0.1)) == []
    assert len(split(np.concatenate([quiet, noise(0.25, 0.1), quiet]))) == 1


def test_a_voice_without_any_quiet_is_never_repeated_as_the_sound_of_the_room() -> None:
    (found,) = split(noise(1, 0.1))
    assert level(found.words[-3200:]) == -90.0
