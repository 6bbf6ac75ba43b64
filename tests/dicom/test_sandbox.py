"""A foreign image that kills, stops or bloats its decoder harms nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from tests.dicom import clips, make
from tests.workflow.waiting import until
from workstation.dicom import shared_page
from workstation.dicom.sandbox import Sandbox
from workstation.domain.errors import UndecodablePixels


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2, seconds=20) as made:
        yield made


def picture(value: int) -> bytes:
    """Compressed: grey values that lie there as they are need no worker."""
    pixels = np.full((64, 64), value, np.uint16)
    coded = make.encapsulated(make.image(pixels), [bytes(imagecodecs.jpegls_encode(pixels))])
    return make.to_bytes(coded, "1.2.840.10008.1.2.4.80")


def processes(sandbox: Sandbox) -> list[int]:
    with sandbox._changed:
        return [each._process.pid or 0 for each in (*sandbox._idle, *sandbox._busy)]


def test_several_threads_each_get_their_own_picture(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: sandbox.decode(picture(n), 1), range(40)))
    assert [int(answer[0, 0]) for answer in answers] == list(range(40))
    assert not answers[0].flags.writeable
    assert len(processes(sandbox)) <= 2


def test_frames_of_one_source_come_in_any_order(sandbox: Sandbox, tmp_path: Path) -> None:
    pixels = np.arange(5 * 6 * 7, dtype=np.uint16).reshape(5, 6, 7)
    path = tmp_path / "cine.dcm"
    path.write_bytes(make.to_bytes(make.image(pixels)))
    for number in (3, 1, 5):
        np.testing.assert_array_equal(sandbox.decode(path, number), pixels[number - 1])
    with pytest.raises(UndecodablePixels, match="no frame 6"):
        sandbox.decode(path, 6)
    np.testing.assert_array_equal(sandbox.decode(path, 2), pixels[1])


def test_a_token_names_a_source_that_is_not_sent_again(sandbox: Sandbox) -> None:
    with Sandbox(workers=1) as own:
        assert own.decode(picture(7), 1, token="one")[0, 0] == 7
        assert own.decode(b"not sent", 1, token="one")[0, 0] == 7
        assert own.decode(picture(8), 1, token="two")[0, 0] == 8


def test_a_refusal_of_the_decoder_keeps_its_sentence(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodablePixels, match="ends after 50 %"):
        sandbox.decode(make.to_bytes(make.image(np.ones((64, 64), np.int16)))[: -64 * 64], 1)


def _outcome(sandbox: Sandbox, source: bytes) -> str:
    try:
        return str(sandbox.decode(source, 1)[0, 0])
    except UndecodablePixels as error:
        return error.happened


def test_a_dead_worker_is_replaced(sandbox: Sandbox) -> None:
    assert sandbox.decode(picture(1), 1)[0, 0] == 1
    for pid in processes(sandbox):
        os.kill(pid, signal.SIGSEGV)
    sentences = [_outcome(sandbox, picture(2)) for _ in range(4)]
    assert set(sentences) <= {"2", "The decoder died on this image."}
    assert sentences.count("2") >= 2
    assert sandbox.decode(picture(3), 1)[0, 0] == 3


def test_a_worker_over_its_time_is_ended_and_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "endless.dcm"
    os.mkfifo(pipe)  # opening it for reading never ends
    with Sandbox(workers=1, seconds=30) as own:
        own.decode(picture(1), 1)
        own._seconds = 0.3
        with pytest.raises(UndecodablePixels, match=r"within 0\.3 s"):
            own.decode(pipe, 1)
        own._seconds = 30
        assert own.decode(picture(2), 1)[0, 0] == 2


def test_an_image_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.dcm"
    dataset = make.image(np.zeros((2, 2), np.uint16), Rows=16000, Columns=16000)
    path.write_bytes(make.to_bytes(dataset))
    size = 16000 * 16000 * 2
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + size)
    data = bytearray(path.read_bytes()[:4096])
    at = data.rfind(b"\xe0\x7f\x10\x00OW")
    data[at + 8 : at + 12] = size.to_bytes(4, "little")
    with path.open("r+b") as file:
        file.write(bytes(data[: at + 12]))
    with Sandbox(workers=1, memory_mb=450) as own:
        with pytest.raises(UndecodablePixels, match="memory"):
            own.decode(path, 1)
        colours = make.to_bytes(make.image(np.full((4, 4, 3), 2, np.uint8)))
        assert own.decode(colours, 1)[0, 0, 0] == 2


def test_closing_ends_a_decode_under_way(tmp_path: Path) -> None:
    pipe = tmp_path / "endless.dcm"
    os.mkfifo(pipe)
    own = Sandbox(workers=1, seconds=60)
    own.decode(picture(1), 1)
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            own.decode(pipe, 1)
        except UndecodablePixels as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    while not own._busy:
        thread.join(0.005)
    own.close()
    own.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(caught) == 1
    with pytest.raises(UndecodablePixels, match="closing"):
        own.decode(picture(1), 1)


def test_a_clip_that_several_threads_ask_for_is_opened_by_one_worker_only() -> None:
    stream = clips.clip("h264.ts")
    dataset = make.image(
        np.zeros((48, 64, 3), np.uint8), NumberOfFrames=clips.FRAMES, SOPClassUID=make.SECONDARY
    )
    make.encapsulated(dataset, [stream], has_bot=False)
    content = make.to_bytes(dataset, "1.2.840.10008.1.2.4.102")
    with Sandbox(workers=2) as sandbox, ThreadPoolExecutor(4) as pool:
        numbers = list(range(1, clips.FRAMES + 1))
        made = list(pool.map(lambda n: sandbox.decode(content, n, token="clip"), numbers))
        holding = [each for each in sandbox._idle if each.holds == "clip"]
    assert len(holding) == 1
    for index, frame in enumerate(made):
        off = [np.abs(frame.astype(int) - other).mean() for other in clips.pattern().astype(int)]
        assert int(np.argmin(off)) == index


def test_grey_values_that_lie_there_as_they_are_need_no_worker() -> None:
    pixels = np.random.default_rng(1).integers(-2000, 2000, (2, 30, 40)).astype(np.int16)
    before = set(multiprocessing.active_children())
    with Sandbox() as sandbox:
        shown = sandbox.decode(make.to_bytes(make.image(pixels)), 2)
        assert set(multiprocessing.active_children()) == before
    assert np.array_equal(shown, pixels[1])
    assert not shown.flags.writeable


def test_colours_and_broken_headers_go_to_a_worker() -> None:
    colours = np.random.default_rng(1).integers(0, 255, (6, 8, 3)).astype(np.uint8)
    cut = make.to_bytes(make.image(np.ones((30, 40), np.int16)))[:-600]
    with Sandbox(workers=1) as sandbox:
        assert np.array_equal(sandbox.decode(make.to_bytes(make.image(colours)), 1), colours)
        with pytest.raises(UndecodablePixels):
            sandbox.decode(cut, 1)


def test_frames_larger_than_the_shared_memory_come_whole() -> None:
    pixels = np.zeros((5000, 7000), np.uint16)
    pixels[4999, 6999], pixels[0, 1] = 4711, 3
    assert pixels.nbytes > shared_page.SIZE
    coded = make.encapsulated(make.image(pixels), [bytes(imagecodecs.jpegls_encode(pixels))])
    with Sandbox(workers=1) as sandbox:
        shown = sandbox.decode(make.to_bytes(coded, "1.2.840.10008.1.2.4.80"), 1)
        assert np.array_equal(shown, pixels)
        assert sandbox.decode(picture(9), 1)[0, 0] == 9


def test_without_shared_memory_frames_come_through_the_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_page, "made", lambda: None)
    with Sandbox(workers=1) as sandbox:
        assert [int(sandbox.decode(picture(n), 1)[5, 5]) for n in (3, 4)] == [3, 4]


@pytest.mark.skipif(sys.platform != "linux", reason="shared without a name on Linux only")
def test_shared_memory_keeps_its_size_whatever_a_decoder_does() -> None:
    page = shared_page.made()
    assert page is not None
    with pytest.raises(OSError, match="not permitted"):
        os.ftruncate(page._number, 4096)
    page.close()


def test_workers_that_were_started_ahead_decode_the_first_images() -> None:
    with Sandbox(workers=2) as sandbox:
        sandbox.start()
        sandbox.start()
        until(lambda: len(sandbox._idle) == 2)
        there = set(processes(sandbox))
        assert [int(sandbox.decode(picture(n), 1)[0, 0]) for n in (1, 2)] == [1, 2]
        assert set(processes(sandbox)) == there
    sandbox.start()
    assert processes(sandbox) == []
