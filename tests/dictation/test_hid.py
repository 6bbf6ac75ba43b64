"""Buttons of pedals and dictation microphones: the bits of the reference, and what goes wrong.

The vectors are written by hand from the table of vendor identifiers, products and bits in the
reference on dictation; no device was at hand.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.bootstrap import examining
from workstation.dictation.hid_reader import HidReader, changes
from workstation.dictation.hid_tables import MODELS, DeviceModel, model_of
from workstation.domain.hand_devices import DeviceKey, DevicePress, DeviceRefused

PHILIPS, NUANCE = 0x0911, 0x0554


def model(vendor: int, product: int) -> DeviceModel:
    found = model_of(vendor, product, 0)
    assert found is not None
    return found


def event(bits: int) -> bytes:
    """A button event of a SpeechMike: 0x80, six bytes of other things, the bits, low byte first."""
    return bytes([0x80, 0, 0, 0, 0, 0, 0, bits & 0xFF, bits >> 8])


@pytest.mark.parametrize(
    ("vendor", "product", "report", "keys"),
    [
        (PHILIPS, 0x0C1C, "800000000000000001", {DeviceKey.TALK}),
        (PHILIPS, 0x0C1D, "800000000000000002", {DeviceKey.STOP}),
        (PHILIPS, 0x0C1E, "800000000000000004", {DeviceKey.PLAY}),
        (PHILIPS, 0x0FA0, "800000000000000008", {DeviceKey.NEXT}),
        (PHILIPS, 0x0C1C, "800000000000000010", {DeviceKey.REWIND}),
        (PHILIPS, 0x0C1C, "800000000000000200", {DeviceKey.F1}),
        (PHILIPS, 0x0C1C, "800000000000001000", {DeviceKey.F4}),
        (PHILIPS, 0x0C1C, "800000000000002000", {DeviceKey.COMMAND}),
        (PHILIPS, 0x0C1C, "800000000000000201", {DeviceKey.F1, DeviceKey.TALK}),
        (PHILIPS, 0x0C1C, "800000000000000000", set()),
        (NUANCE, 0x1001, "000400", {DeviceKey.TALK}),
        (NUANCE, 0x1001, "000200", {DeviceKey.PREVIOUS}),
        (NUANCE, 0x1001, "000800", {DeviceKey.NEXT}),
        (NUANCE, 0x1001, "001000", {DeviceKey.REWIND}),
        (NUANCE, 0x1001, "004000", {DeviceKey.PLAY}),
        (NUANCE, 0x0064, "800000000000000001", {DeviceKey.TALK}),
        (NUANCE, 0x0064, "800000000000000010", {DeviceKey.PREVIOUS}),
        (NUANCE, 0x0064, "800000000000000008", {DeviceKey.NEXT}),
        (PHILIPS, 0x1844, "01", {DeviceKey.PREVIOUS}),
        (PHILIPS, 0x1844, "02", {DeviceKey.TALK}),
        (PHILIPS, 0x091A, "04", {DeviceKey.NEXT}),
        (PHILIPS, 0x091A, "06", {DeviceKey.TALK, DeviceKey.NEXT}),
    ],
)
def test_a_report_tells_which_buttons_are_down(
    vendor: int, product: int, report: str, keys: set[DeviceKey]
) -> None:
    assert model(vendor, product).keys_of(bytes.fromhex(report)) == keys


def test_reports_about_anything_else_are_no_buttons() -> None:
    microphone = model(PHILIPS, 0x0C1C)
    assert microphone.keys_of(bytes.fromhex("9e0000000000000001")) is None  # motion
    assert microphone.keys_of(b"\x80\x00") is None
    assert model(NUANCE, 0x1001).keys_of(b"") is None


@given(st.sampled_from(MODELS), st.binary(max_size=64))
def test_no_report_whatever_its_bytes_breaks_the_reading(each: DeviceModel, report: bytes) -> None:
    keys = each.keys_of(report)
    assert keys is None or keys <= set(each.bits.values())


@given(st.frozensets(st.sampled_from(DeviceKey)), st.frozensets(st.sampled_from(DeviceKey)))
def test_what_was_held_goes_up_before_anything_goes_down(
    before: frozenset[DeviceKey], now: frozenset[DeviceKey]
) -> None:
    told = changes("x", before, now)
    held = set(before)
    for press in told:
        (held.add if press.down else held.remove)(press.key)
    assert held == now
    assert [press.down for press in told] == sorted(press.down for press in told)


def test_the_other_interfaces_of_a_device_are_left_alone() -> None:
    assert model_of(PHILIPS, 0x0C1C, 0xFFA0) is not None
    assert model_of(PHILIPS, 0x0C1C, 0x000C) is None  # its volume keys
    assert model_of(PHILIPS, 0x1844, 0x0001) is not None
    assert model_of(0x046D, 0xC077, 0x0001) is None  # a mouse


# -- the thread ------------------------------------------------------------------------------------


class Device:
    def __init__(self) -> None:
        self.reports: queue.Queue[bytes | None] = queue.Queue()
        self.closed = False

    def read(self, max_length: int, timeout_ms: int = 0) -> Sequence[int]:
        try:
            report = self.reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if report is None:
            raise OSError("read error")
        return list(report)

    def close(self) -> None:
        self.closed = True


class Port:
    def __init__(self) -> None:
        self.here: dict[bytes, Device] = {b"/no/such/pedal": Device()}
        self.refuses = False

    def enumerate(self) -> Sequence[Mapping[str, Any]]:
        return [
            {"path": path, "vendor_id": PHILIPS, "product_id": 0x1844, "usage_page": 1}
            for path in self.here
        ]

    def open(self, path: bytes) -> Device:
        if self.refuses:
            raise OSError("open failed")
        return self.here[path]


class Bench:
    def __init__(self) -> None:
        self.port = Port()
        self.told: queue.Queue[DevicePress | DeviceRefused] = queue.Queue()
        self.reader = HidReader(lambda: self.port)

    @property
    def pedal(self) -> Device:
        return self.port.here[b"/no/such/pedal"]

    def start(self) -> None:
        self.reader.start(self.told.put, self.told.put)

    def next(self) -> DevicePress | DeviceRefused:
        return self.told.get(timeout=20)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.reader.stop()


def test_a_pedal_goes_down_and_up(bench: Bench) -> None:
    bench.start()
    for report in (b"\x02", b"\x02", b"\x00"):
        bench.pedal.reports.put(report)
    assert bench.next() == DevicePress("Philips pedal", DeviceKey.TALK, True)
    assert bench.next() == DevicePress("Philips pedal", DeviceKey.TALK, False)
    bench.reader.stop()
    assert bench.pedal.closed
    assert bench.told.empty()


def test_one_that_is_pulled_out_while_it_is_held_lets_go_first(bench: Bench) -> None:
    bench.start()
    bench.pedal.reports.put(b"\x02")
    bench.next()
    bench.pedal.reports.put(None)
    assert bench.next() == DevicePress("Philips pedal", DeviceKey.TALK, False)
    gone = bench.next()
    assert isinstance(gone, DeviceRefused)
    assert gone.happened == "The Philips pedal is gone."


def test_one_that_comes_back_is_read_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.dictation.hid_reader._LOOK_SECONDS", 0.05)
    bench.start()
    bench.pedal.reports.put(None)
    assert isinstance(bench.next(), DeviceRefused)
    bench.pedal.reports.put(b"\x04")
    assert bench.next() == DevicePress("Philips pedal", DeviceKey.NEXT, True)


def test_one_that_does_not_open_is_told_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.dictation.hid_reader._LOOK_SECONDS", 0.05)
    bench.port.refuses = True
    bench.start()
    told = bench.next()
    assert isinstance(told, DeviceRefused)
    assert "does not open" in told.happened
    bench.port.refuses = False
    bench.pedal.reports.put(b"\x02")
    assert bench.next() == DevicePress("Philips pedal", DeviceKey.TALK, True)


def test_no_permission_names_the_rule_of_udev(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.dictation.hid_reader.may_read", lambda _: False)
    bench.port.refuses = True
    bench.start()
    told = bench.next()
    assert isinstance(told, DeviceRefused)
    assert "may not read" in told.happened
    assert "/etc/udev/rules.d/" in told.remedy


def test_without_hidapi_it_says_so_and_nothing_breaks(bench: Bench) -> None:
    def missing() -> Port:
        raise ImportError("No module named 'hid'")

    reader = HidReader(missing)
    reader.start(bench.told.put, bench.told.put)
    told = bench.next()
    reader.stop()
    assert isinstance(told, DeviceRefused)
    assert "hidapi" in told.remedy


# -- what the doctor finds -------------------------------------------------------------------------


def test_the_doctor_names_what_is_plugged_in() -> None:
    found = examining.devices(Port)
    assert found.ok
    assert found.words == "Plugged in: Philips pedal."


def test_the_doctor_tells_how_a_device_becomes_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "may_read", lambda _: False)
    monkeypatch.setattr("workstation.dictation.hid_reader.may_read", lambda _: False)
    found = examining.devices(Port)
    assert not found.ok
    assert "hidraw" in found.remedy


def test_the_doctor_looks_at_the_real_bus_without_a_failure() -> None:
    assert examining.devices().words
