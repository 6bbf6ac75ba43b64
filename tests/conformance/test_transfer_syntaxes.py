"""PS3.5 section 10 and Annex A: every transfer syntax is decoded, or refused by name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.dicom import clips, make
from tests.realdata import require
from workstation.dicom.decoding import open_pixels
from workstation.dicom.reading import read_object
from workstation.dicom.sandbox import Sandbox
from workstation.dicom.transfer_syntaxes import SYNTAXES, Family
from workstation.domain.errors import UndecodablePixels

ROOT = "1.2.840.10008.1.2.4."
RAMP = (np.arange(24 * 18, dtype=np.uint16) * 37 % 4096).reshape(18, 24)
COLOURS = np.stack(
    (np.arange(24 * 18) % 256, np.arange(24 * 18) // 3 % 256, 255 - np.arange(24 * 18) // 2), -1
).astype(np.uint8)
COLOURS = COLOURS.reshape(18, 24, 3)


def frame(dataset: Dataset, syntax: str, number: int = 1) -> NDArray[Any]:
    if syntax in {f"{ROOT}110", f"{ROOT}111", f"{ROOT}112"}:
        # pydicom writes only the syntaxes that it knows.
        known = f"{ROOT}201"
        content = make.to_bytes(dataset, known).replace(known.encode(), syntax.encode(), 1)
    else:
        content = make.to_bytes(dataset, syntax)
    return open_pixels(content).frame(number)


def test_the_table_holds_every_syntax_that_an_outside_list_names() -> None:
    from pydicom._uid_dict import UID_dictionary

    named = {uid for uid, held in UID_dictionary.items() if held[1] == "Transfer Syntax"}
    assert named <= SYNTAXES.keys()
    # Newer than that list: PS3.6 2025, table A-1.
    assert {f"{ROOT}110", f"{ROOT}111", f"{ROOT}112", "1.2.840.10008.1.2.8.1"} <= SYNTAXES.keys()


REFUSED = [uid for uid, held in SYNTAXES.items() if held.family is Family.REFUSED]


@pytest.mark.parametrize("uid", REFUSED)
def test_a_refused_syntax_is_named_in_the_list_of_what_is_not_shown(uid: str) -> None:
    dataset = make.encapsulated(make.image(RAMP), [b"\0" * 64])
    received = read_object(make.to_bytes(dataset, uid))
    assert not received.frames
    assert SYNTAXES[uid].name in received.image_problem
    assert SYNTAXES[uid].reason in received.image_problem


def twelve_bit(**values: Any) -> Dataset:
    return make.image(RAMP, BitsStored=12, HighBit=11, **values)


@pytest.mark.parametrize("tail", ["110", "112"])
@pytest.mark.parametrize("colour", [False, True])
def test_jpeg_xl_without_loss(tail: str, colour: bool) -> None:
    pixels = COLOURS if colour else RAMP
    stream = imagecodecs.jpegxl_encode(pixels, lossless=True)
    dataset = make.image(pixels) if colour else twelve_bit()
    made = frame(make.encapsulated(dataset, [stream]), ROOT + tail)
    np.testing.assert_array_equal(made, pixels)


def test_a_recompressed_jpeg_gives_what_the_jpeg_gives() -> None:
    jpeg = imagecodecs.jpeg8_encode(COLOURS, level=90)
    stream = imagecodecs.jpegxl_encode_jpeg(jpeg)
    dataset = make.encapsulated(make.image(COLOURS), [stream])
    made = frame(dataset, f"{ROOT}111").astype(int)
    assert np.abs(made - imagecodecs.jpeg8_decode(jpeg)).mean() < 1.5


@pytest.mark.parametrize("tail", ["201", "202", "203"])
@pytest.mark.parametrize("colour", [False, True])
def test_htj2k(tail: str, colour: bool) -> None:
    pixels = COLOURS if colour else RAMP
    stream = imagecodecs.htj2k_encode(pixels, reversible=True)
    dataset = make.image(pixels, PhotometricInterpretation="YBR_RCT") if colour else twelve_bit()
    made = frame(make.encapsulated(dataset, [stream]), ROOT + tail)
    np.testing.assert_array_equal(made, pixels)


@pytest.mark.parametrize("tail", ["90", "91", "92", "93"])
@pytest.mark.parametrize("colour", [False, True])
def test_jpeg_2000(tail: str, colour: bool) -> None:
    pixels = COLOURS if colour else RAMP
    stream = imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True)
    dataset = make.image(pixels, PhotometricInterpretation="YBR_RCT") if colour else twelve_bit()
    made = frame(make.encapsulated(dataset, [stream]), ROOT + tail)
    np.testing.assert_array_equal(made, pixels)


@pytest.mark.parametrize("bits", [8, 16])
def test_colour_of_both_depths_in_every_lossless_family(bits: int) -> None:
    pixels = COLOURS if bits == 8 else COLOURS.astype(np.uint16) * 257
    for syntax, stream in (
        (f"{ROOT}80", imagecodecs.jpegls_encode(pixels)),
        (f"{ROOT}90", imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True)),
        (f"{ROOT}110", imagecodecs.jpegxl_encode(pixels, lossless=True)),
        ("1.2.840.10008.1.2.1.98", pixels.tobytes()),
    ):
        made = frame(make.encapsulated(make.image(pixels), [stream]), syntax)
        np.testing.assert_array_equal(made, pixels)


#: (program and its options, what comes out of it)
DCMTK: dict[str, tuple[list[str], str]] = {
    "big endian": (["dcmconv", "+tb"], "1.2.840.10008.1.2.2"),
    "implicit": (["dcmconv", "+ti"], "1.2.840.10008.1.2"),
    "deflated": (["dcmconv", "+td"], "1.2.840.10008.1.2.1.99"),
    "RLE": (["dcmcrle"], "1.2.840.10008.1.2.5"),
    "JPEG-LS": (["dcmcjpls", "+el"], f"{ROOT}80"),
    "JPEG lossless": (["dcmcjpeg", "+el"], f"{ROOT}57"),
    "JPEG lossless SV1": (["dcmcjpeg", "+e1"], f"{ROOT}70"),
}


@pytest.mark.parametrize("name", DCMTK)
@pytest.mark.parametrize("frames", [1, 3])
def test_what_dcmtk_encodes_is_what_was_put_in(name: str, frames: int, tmp_path: Path) -> None:
    command, syntax = DCMTK[name]
    if shutil.which(command[0]) is None:
        pytest.skip("dcmtk is not here")
    pixels = np.stack([RAMP + 11 * index for index in range(frames)])
    dataset = make.image(
        pixels if frames > 1 else RAMP,
        BitsStored=13,
        HighBit=12,
        SOPClassUID=make.SECONDARY,
        ConversionType="WSD",
    )
    source, out = tmp_path / "a.dcm", tmp_path / "b.dcm"
    source.write_bytes(make.to_bytes(dataset))
    subprocess.run([*command, str(source), str(out)], check=True, capture_output=True)
    reader = open_pixels(out)
    assert reader.format.transfer_syntax_uid == syntax
    for number in range(1, frames + 1):
        np.testing.assert_array_equal(reader.frame(number), pixels[number - 1])


@pytest.mark.parametrize(
    ("options", "tail"), [("+eb", "50"), ("+ee", "51"), ("+es", "53"), ("+ep", "55")]
)
def test_lossy_jpeg_of_dcmtk_is_near_what_was_put_in(
    options: str, tail: str, tmp_path: Path
) -> None:
    if shutil.which("dcmcjpeg") is None:
        pytest.skip("dcmtk is not here")
    smooth = (np.add.outer(np.arange(64), np.arange(64)) * 2).astype(np.uint8)
    dataset = make.image(smooth, SOPClassUID=make.SECONDARY, ConversionType="WSD")
    source, out = tmp_path / "a.dcm", tmp_path / "b.dcm"
    source.write_bytes(make.to_bytes(dataset))
    command = ["dcmcjpeg", options, "+q", "98", str(source), str(out)]
    subprocess.run(command, check=True, capture_output=True)
    reader = open_pixels(out)
    assert reader.format.transfer_syntax_uid == ROOT + tail
    assert np.abs(reader.frame(1).astype(int) - smooth).max() <= 3


def film(name: str, tail: str, *, pieces: int = 1, **values: Any) -> tuple[Dataset, str]:
    stream = clips.clip(name)
    size = -(-len(stream) // pieces)
    parts = [stream[start : start + size] for start in range(0, len(stream), size)]
    dataset = make.image(
        np.zeros((48, 64, 3), np.uint8),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.77.1.1.1",
        Modality="ES",
        PhotometricInterpretation="YBR_PARTIAL_420",
        NumberOfFrames=clips.FRAMES,
        FrameTime=40,
        **values,
    )
    return make.encapsulated(dataset, parts, has_bot=False), ROOT + tail


CLIPS = [
    ("mpeg2.ts", "100", 1),
    ("mpeg2.ts", "101.1", 3),
    ("h264.ts", "102", 1),
    ("h264.mp4", "103", 1),
    ("h264.mp4", "104.1", 4),
    ("hevc.ts", "107", 1),
    ("hevc10.ts", "108", 1),
]


@pytest.mark.parametrize(("name", "tail", "pieces"), CLIPS)
def test_a_clip_gives_its_frames_in_any_order(name: str, tail: str, pieces: int) -> None:
    dataset, syntax = film(name, tail, pieces=pieces)
    reader = open_pixels(make.to_bytes(dataset, syntax))
    wanted = clips.pattern().astype(int)
    for number in (1, 2, 12, 5, 6, 1):
        made = reader.frame(number)
        assert made.shape == (48, 64, 3)
        off = [np.abs(made - other).mean() for other in wanted]
        # Half the chroma is left out in a clip: its edges smear, the frame stays itself.
        assert int(np.argmin(off)) == number - 1
        assert off[number - 1] < 4


def test_a_clip_is_a_cine_at_its_own_rate_and_is_decoded_in_the_sandbox() -> None:
    from workstation.dicom.display_sets import build_studies

    dataset, syntax = film("h264.mp4", "102")
    content = make.to_bytes(dataset, syntax)
    (study,) = build_studies([read_object(content)])
    (shown,) = study.display_sets
    assert (shown.kind, len(shown.frames), shown.frame_time_ms) == ("cine", 12, 40)
    with Sandbox(workers=1) as sandbox:
        made = sandbox.decode(content, 7)
    assert np.abs(made.astype(int) - clips.pattern()[6]).mean() < 4


def test_a_clip_that_ends_early_says_after_which_frame() -> None:
    dataset, syntax = film("h264.ts", "102", pieces=1)
    dataset.NumberOfFrames = 20
    reader = open_pixels(make.to_bytes(dataset, syntax))
    assert reader.frame(12).shape == (48, 64, 3)
    with pytest.raises(UndecodablePixels, match="after frame 12 of 20"):
        reader.frame(13)


def test_a_clip_of_another_size_than_the_header_is_refused() -> None:
    dataset, syntax = film("mpeg2.ts", "100")
    dataset.Rows = 50
    with pytest.raises(UndecodablePixels, match="the header says 50 x 64"):
        frame(dataset, syntax)


def test_a_code_stream_that_disagrees_on_the_sign_is_read_as_the_header_says_and_told() -> None:
    signed = (RAMP.astype(np.int16) - 2000).astype(np.int16)
    stream = imagecodecs.jpeg2k_encode(signed.view(np.uint16), codecformat="j2k", reversible=True)
    dataset = make.encapsulated(make.image(signed), [stream])
    content = make.to_bytes(dataset, f"{ROOT}90")
    np.testing.assert_array_equal(open_pixels(content).frame(1), signed)
    assert any("unsigned, the header says signed" in note for note in read_object(content).repairs)


def test_the_real_file_with_the_wrong_sign_is_repaired_and_told() -> None:
    received = read_object(require("odd/J2K_pixelrep_mismatch.dcm"))
    assert received.frames
    assert any("the header says" in note for note in received.repairs)


GROUPS = ("CT1", "MR4", "NM1")
PAIRS = ("J2KR", "JLSL", "JPLL", "RLE")


@pytest.mark.parametrize("image", GROUPS)
@pytest.mark.parametrize("coded", PAIRS)
def test_wg04_codec_pairs_are_equal(image: str, coded: str) -> None:
    folder = require("codec-wg04")
    reference = open_pixels(folder / f"{image}_UNC.dcm").frame(1)
    np.testing.assert_array_equal(open_pixels(folder / f"{image}_{coded}.dcm").frame(1), reference)


@pytest.mark.parametrize(
    ("tail", "stream"),
    [
        ("57", imagecodecs.ljpeg_encode(RAMP, bitspersample=12)),
        ("80", imagecodecs.jpegls_encode(RAMP)),
        ("90", imagecodecs.jpeg2k_encode(RAMP, codecformat="j2k", reversible=True)),
        ("110", imagecodecs.jpegxl_encode(RAMP, lossless=True)),
        ("112", imagecodecs.jpegxl_encode((RAMP / 4096).astype(np.float32), lossless=True)),
        ("201", imagecodecs.htj2k_encode(RAMP, reversible=True)),
    ],
)
def test_a_stream_that_is_deeper_than_the_header_allows_is_refused_by_name(
    tail: str, stream: bytes
) -> None:
    """Cut to the bits of the header it would be another picture."""
    dataset = make.encapsulated(make.image(RAMP.astype(np.uint8)), [stream])
    with pytest.raises(UndecodablePixels, match="header says 8"):
        frame(dataset, ROOT + tail)
