"""Good objects damaged in many seeded ways: each is shown or refused by name, and nothing dies.

`python -m tests.faults.mutations [COUNT]` examines 2,000 and prints a table. The examining process
stands for the window: it reads headers and asks the decoder sandbox for pixels, under a cap on its
memory. A watcher outside of it sees when it dies or takes longer than the limit.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import re
import resource
import struct
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance import pet
from tests.dicom import make, states
from tests.realdata import root

#: One object may take this long, header, pixels and picture.
LIMIT_S = 5.0
#: Address space that the examining process may take beyond what it has at its start.
MEMORY_MB = 1024
SEED = 20261124
#: Small files of shared/data, none larger than this.
REAL_BYTES = 300_000


def _compressed(encode: Callable[[np.ndarray], bytes], syntax: str) -> bytes:
    pixels = (np.indices((48, 40)).sum(0) * 20).astype(np.uint16)
    dataset = make.slice_of(0, 0.0, pixels=pixels)
    return make.to_bytes(make.encapsulated(dataset, [bytes(encode(pixels))]), syntax)


def _enhanced() -> bytes:
    dataset = make.image(np.zeros((4, 16, 16), np.int16), SOPClassUID=make.ENHANCED_CT)
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = [1, 1]
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence = Sequence([measures])
    shared.PlaneOrientationSequence = Sequence([orientation])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    groups = []
    for index in range(4):
        group, place = Dataset(), Dataset()
        place.ImagePositionPatient = [0, 0, 2 * index]
        group.PlanePositionSequence = Sequence([place])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    return make.to_bytes(dataset)


def good() -> dict[str, bytes]:
    """What is damaged, by name: objects made here, and small real ones where there are any."""
    ramp = (np.indices((32, 32)).sum(0) * 30).astype(np.int16)
    grey = make.slice_of(1, 2.0, pixels=ramp, WindowCenter=[40, 300], WindowWidth=[80, 1500])
    grey.RescaleSlope, grey.RescaleIntercept, grey.RescaleType = 1, -1024, "HU"
    grey.PixelPaddingValue = -2000
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [4, 0, 16], bytes(8)
    grey.VOILUTSequence = Sequence([table])
    colour = make.image(np.full((20, 20, 3), 90, np.uint8), SOPClassUID=make.SECONDARY)
    found = {
        "grey": make.to_bytes(grey),
        "implicit": make.to_bytes(grey, "1.2.840.10008.1.2"),
        "colour": make.to_bytes(colour),
        "enhanced": _enhanced(),
        "pet": make.to_bytes(pet.slices()[0]),
        "state": make.to_bytes(states.state(grey)),
        "jpeg-ls": _compressed(imagecodecs.jpegls_encode, "1.2.840.10008.1.2.4.80"),
        "jpeg-2000": _compressed(imagecodecs.jpeg2k_encode, "1.2.840.10008.1.2.4.90"),
        "jpeg-lossless": _compressed(imagecodecs.ljpeg_encode, "1.2.840.10008.1.2.4.70"),
    }
    folder = root()
    if folder is not None:
        for part in (
            "odd",
            "us-mixed",
            "sr-tid1500-petseg",
            "sr-pdf-rt-wave",
            "gspr-luts",
            "colour-patterns",
            "ct-enhanced-2f",
            "nm-heart-13f",
            "overlay-signed-lut",
        ):
            for path in sorted((folder / part).glob("*.dcm")):
                if path.stat().st_size <= REAL_BYTES:
                    found[f"{part}/{path.name}"] = path.read_bytes()
    return found


def bits(data: bytes, chance: random.Random) -> bytes:
    """1 to 30 flipped bits, most of them in the header."""
    made = bytearray(data)
    for _ in range(chance.choice([1, 2, 5, 30])):
        reach = min(len(made), 3000) if chance.random() < 0.7 else len(made)
        made[chance.randrange(reach)] ^= 1 << chance.randrange(8)
    return bytes(made)


def truncation(data: bytes, chance: random.Random) -> bytes:
    """The file ends early."""
    return data[: chance.randrange(len(data))]


_ELEMENT = re.compile(rb"(?s)..[\x00-\xff]{2}(?:US|SS|UL|DS|IS|CS|LO|UI|SQ|OB|OW|UN|FD|AT|TM|DA)")


def lengths(data: bytes, chance: random.Random) -> bytes:
    """One to three elements claim another length; with implicit VR a word anywhere does."""
    made = bytearray(data)
    places = [found.end() for found in _ELEMENT.finditer(data, 132)] or [
        132 + 4 * index for index in range((len(data) - 140) // 4)
    ]
    for _ in range(chance.randrange(1, 4)):
        at = chance.choice(places)
        if chance.random() < 0.5:
            struct.pack_into("<H", made, at, chance.choice([0, 1, 3, 0x7FFF, 0xFFFE, 0xFFFF]))
        elif at + 6 <= len(made):
            long = chance.choice([0, 1, 0xFFFFFFFF, 0xFFFFFFFE, 1 << 31, 1 << 28, len(data)])
            struct.pack_into("<I", made, at + 2, long)
    return bytes(made)


def nesting(data: bytes, chance: random.Random) -> bytes:
    """Sequences in sequences, up to thousands deep, some never closed."""
    depth = chance.choice([1, 4, 40, 400, 4000])
    tag, vr = struct.pack("<HH", 0x0040, 0x0275), b"SQ\0\0"
    opening = (tag + vr + b"\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff") * depth
    closing = (b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0") * depth
    if chance.random() < 0.4:
        closing = closing[: chance.randrange(len(closing))]
    at = data.find(b"\xe0\x7f\x10\x00")
    at = at if at > 0 and chance.random() < 0.7 else chance.randrange(132, len(data))
    return data[:at] + opening + closing + data[at:]


#: VR → what is written instead of a number that a reader trusts.
_TRUSTED = {
    "Rows": [0, 65535],
    "Columns": [0, 65535],
    "BitsAllocated": [0, 1, 7, 64],
    "BitsStored": [0, 99],
    "SamplesPerPixel": [0, 2, 9],
    "NumberOfFrames": ["-1", "2000000000"],
    "PixelSpacing": [["0", "0"], ["nan", "1"], ["-1", "2"], ["1e300", "1e300"]],
    "ImageOrientationPatient": [["0"] * 6, ["1"] * 6, ["nan"] * 6],
    "ImagePositionPatient": [["nan"] * 3, ["1e308"] * 3, ["1"]],
    "WindowWidth": ["0", "-5", "nan", "1e-300"],
    "RescaleSlope": ["0", "nan", "inf"],
    "PhotometricInterpretation": ["", "NONE", "PALETTE COLOR"],
    "PixelRepresentation": [9],
}


def values(data: bytes, chance: random.Random) -> bytes:
    """One to three attributes that a reader trusts hold what cannot be."""
    try:
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
        for keyword in chance.sample(list(_TRUSTED), chance.randrange(1, 4)):
            with pydicom.config.disable_value_validation():
                setattr(dataset, keyword, chance.choice(_TRUSTED[keyword]))
        stream = io.BytesIO()
        with pydicom.config.disable_value_validation():
            pydicom.dcmwrite(stream, dataset)
        return stream.getvalue()
    except Exception:  # noqa: BLE001 - pydicom cannot write some of the odd files
        return bits(data, chance)


KINDS = {each.__name__: each for each in (bits, truncation, lengths, nesting, values)}


def mutations(count: int) -> Iterator[tuple[str, str, bytes]]:
    """(kind, name of the good object, damaged bytes), the same ones every time."""
    objects = list(good().items())
    for index in range(count):
        chance = random.Random(SEED + index)
        kind = list(KINDS)[index % len(KINDS)]
        name, data = objects[chance.randrange(len(objects))]
        yield kind, name, KINDS[kind](data, chance)


@dataclass(frozen=True)
class Outcome:
    """What became of one: picture, listed, refused, crash or hang; `reason` is the sentence."""

    kind: str
    name: str
    what: str
    reason: str
    seconds: float
    memory_mb: float


def examine(data: bytes, decode: Callable[[bytes, int], np.ndarray]) -> tuple[str, str]:
    """What the window does with an object: headers, display sets, pixels, picture."""
    from workstation.cli.verbs import inspect
    from workstation.dicom.display_sets import build_studies
    from workstation.dicom.reading import read_object
    from workstation.domain.errors import ReaderError
    from workstation.domain.suv import SuvKind
    from workstation.imaging.picture import render
    from workstation.imaging.voi import opening_voi
    from workstation.workflow.uptake import in_uptake

    try:
        received = read_object(data)
        (study,) = build_studies([received])
        study = in_uptake(study, SuvKind.BW)
        assert study.received == study.shown + len(study.not_shown)
        json.dumps(inspect.document((study,)), allow_nan=False).encode()
        frames = [frame for shown in study.display_sets for frame in shown.frames]
        if not frames:
            said = [held.reason for held in study.not_shown]
            return ("refused", said[0]) if said else ("listed", "")
        ends = {frame.key.frame_number: frame for frame in (frames[0], frames[-1])}
        for frame in ends.values():
            stored = decode(data, frame.key.frame_number)
            form = frame.pixel_format
            assert stored.shape[:2] == (form.rows, form.columns)
            voi = None if form.is_colour else opening_voi(stored, frame)
            picture = render(stored, frame, voi)
            assert picture.dtype == np.uint8
            assert picture.shape[:2] == stored.shape[:2]
        return "picture", ""
    except ReaderError as error:
        said_so = error.happened
    assert said_so.endswith("."), said_so
    return "refused", said_so


def _window(ask: Connection, answer: Connection) -> None:
    from workstation.dicom.sandbox import Sandbox

    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + (MEMORY_MB << 20)
    with Sandbox(workers=1, memory_mb=4096, seconds=LIMIT_S - 1) as sandbox:
        sandbox.decode(make.to_bytes(make.image()), 1)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        while True:
            data = ask.recv_bytes()
            if not data:
                return
            begun = time.monotonic()
            try:
                what, reason = examine(data, sandbox.decode)
            except BaseException as error:  # noqa: BLE001 - reported as a defect by the watcher
                what, reason = "defect", f"{type(error).__name__}: {error}"
            peak = peak_mb()
            answer.send((what, reason, time.monotonic() - begun, peak))


def peak_mb() -> float:
    """Most memory of this process, from the kernel's account of its own address space: ru_maxrss
    begins with what the parent had when it was forked, and survives the exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (held,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(held.split()[1]) / 1024


class Watcher:
    """Holds the examining process and starts another where it died or hung."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        theirs, self._ask = context.Pipe(duplex=False)
        self._answer, back = context.Pipe(duplex=False)
        self._process = context.Process(target=_window, args=(theirs, back))
        self._process.start()
        theirs.close()
        back.close()

    def examine(self, kind: str, name: str, data: bytes) -> Outcome:
        """One object; an empty one is none and is refused as such without asking."""
        if not data:
            return Outcome(kind, name, "refused", "The file is empty.", 0.0, 0.0)
        self._ask.send_bytes(data)
        # The first answer waits for the start of the process as well.
        if not self._answer.poll(LIMIT_S + 20):
            self._process.kill()
            self._process.join()
            self._start()
            return Outcome(kind, name, "hang", "no answer", LIMIT_S + 20, 0.0)
        try:
            what, reason, seconds, peak = self._answer.recv()
        except EOFError:
            self._process.join()
            self._start()
            return Outcome(kind, name, "crash", "the process died", 0.0, 0.0)
        if seconds > LIMIT_S:
            what, reason = "hang", f"{seconds:.1f} s"
        return Outcome(kind, name, what, reason, seconds, peak)

    def close(self) -> None:
        """End the process."""
        self._ask.send_bytes(b"")
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()


def run(count: int) -> list[Outcome]:
    """Examine `count` mutations."""
    watcher = Watcher()
    try:
        return [watcher.examine(*each) for each in mutations(count)]
    finally:
        watcher.close()


def table(outcomes: list[Outcome]) -> str:
    """Outcomes by kind, the slowest, the memory, and the reasons that were given."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for each in outcomes:
        by_kind[each.kind][each.what] += 1
    names = ("picture", "listed", "refused", "defect", "crash", "hang")
    lines = [f"{'':<12}" + "".join(f"{name:>9}" for name in names)]
    for kind, counts in by_kind.items():
        lines.append(f"{kind:<12}" + "".join(f"{counts[name]:>9}" for name in names))
    slowest = max(outcomes, key=lambda each: each.seconds)
    peak = max(each.memory_mb for each in outcomes)
    lines.append(f"slowest {slowest.seconds:.2f} s ({slowest.name}), peak {peak:.0f} MB resident")
    for each in outcomes:
        if each.what in ("defect", "crash", "hang"):
            lines.append(f"! {each.what}: {each.kind} of {each.name}: {each.reason}")
    reasons = Counter(re.sub(r"\d+", "N", each.reason) for each in outcomes if each.reason)
    lines += [f"{count:>6}  {reason}" for reason, count in reasons.most_common(40)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(run(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)) + "\n")
