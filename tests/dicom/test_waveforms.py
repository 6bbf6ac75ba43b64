"""Waveforms: samples in millivolts as another reader has them, gaps, broken ones by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom import make, reports
from tests.realdata import require
from workstation.dicom.display_sets import build_studies
from workstation.dicom.documents import open_document
from workstation.dicom.reading import read_object
from workstation.dicom.waveforms import read_waveform
from workstation.domain.errors import DocumentRefused
from workstation.domain.study import DisplaySetKind
from workstation.domain.waveform import Waveform

ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"


def channel(name: str, sensitivity: str = "2.5", unit: str = "uV", baseline: str = "0") -> Dataset:
    made = Dataset()
    made.ChannelSourceSequence = [reports.code("1", "SCPECG", f"Lead {name}")]
    made.ChannelSensitivity = sensitivity
    made.ChannelSensitivityUnitsSequence = [reports.code(unit, "UCUM", unit)]
    made.ChannelSensitivityCorrectionFactor = "1"
    made.ChannelBaseline = baseline
    made.WaveformBitsStored = 16
    return made


def recording(samples: np.ndarray, *channels: Dataset, hertz: float = 500) -> Dataset:
    """An ECG of (samples, channels) int16."""
    group = Dataset()
    group.MultiplexGroupLabel = "RHYTHM"
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = samples.shape[1]
    group.NumberOfWaveformSamples = samples.shape[0]
    group.SamplingFrequency = str(hertz)
    group.ChannelDefinitionSequence = list(channels)
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    group.WaveformData = samples.astype("<i2").tobytes()
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = ECG, f"{make.ROOT}.85"
    made.StudyInstanceUID, made.SeriesInstanceUID = f"{make.ROOT}.2", f"{make.ROOT}.86"
    made.Modality, made.PatientID, made.SeriesNumber = "ECG", "TEST-1", "7"
    made.WaveformSequence = [group]
    return made


def wave(count: int = 5000) -> np.ndarray:
    at = np.arange(count)
    return np.stack([100 * np.sin(at / 50), 40 * np.cos(at / 20)], axis=1).astype(np.int16)


def test_a_sample_is_stored_value_times_sensitivity_plus_baseline_in_millivolts() -> None:
    content = make.to_bytes(recording(wave(), channel("I"), channel("II", "1", "mV", "0.5")))
    group = read_waveform(content).groups[0]
    assert [each.name for each in group.channels] == ["I", "II"]
    assert group.seconds == 10.0
    assert np.allclose(group.channels[0].samples, wave()[:, 0] * 0.0025)
    assert np.allclose(group.channels[1].samples, wave()[:, 1] + 0.5)
    assert {each.unit for each in group.channels} == {"mV"}


def test_a_real_ecg_equals_the_values_of_another_reader() -> None:
    path = require("sr-pdf-rt-wave/waveform_ecg.dcm")
    held = read_waveform(path)
    other = pydicom.dcmread(path)
    for index, group in enumerate(held.groups):
        values = other.waveform_array(index)
        for at, each in enumerate(group.channels):
            assert each.unit == "mV"
            assert np.allclose(each.samples, values[:, at] / 1000, atol=1e-6)
    assert [each.name for each in held.groups[0].channels] == (
        ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]
    )
    assert held.groups[1].derived
    assert held.statements == ("RITMO SINUSALE", "ECG NORMALE")
    assert ("QRS Duration", "75 ms") in held.values
    assert held.filters == "0.05–300 Hz"


def test_einthoven_holds_in_the_real_ecg() -> None:
    held = read_waveform(require("sr-pdf-rt-wave/waveform_ecg.dcm")).groups[0]
    leads = {each.name: each.samples for each in held.channels}
    assert np.abs(leads["I"] + leads["III"] - leads["II"]).max() < 0.01


def test_what_the_device_did_not_write_is_a_gap() -> None:
    samples = wave(100)
    samples[10:20, 0] = -32768
    dataset = recording(samples, channel("I"), channel("II"))
    dataset.WaveformSequence[0].WaveformPaddingValue = np.int16(-32768).tobytes()
    first, second = read_waveform(make.to_bytes(dataset)).groups[0].channels
    assert np.isnan(first.samples[10:20]).all()
    assert np.isfinite(first.samples[20:]).all()
    assert np.isfinite(second.samples).all()


def test_without_a_sensitivity_there_is_no_unit() -> None:
    held = channel("I")
    del held.ChannelSensitivity
    one = read_waveform(make.to_bytes(recording(wave(100)[:, :1], held))).groups[0].channels[0]
    assert one.unit == ""
    assert np.array_equal(one.samples, wave(100)[:, 0])


def _cut(group: Dataset) -> None:
    group.WaveformData = group.WaveformData[:40]


def _no_rate(group: Dataset) -> None:
    del group.SamplingFrequency


def _companded(group: Dataset) -> None:
    group.WaveformSampleInterpretation, group.WaveformBitsAllocated = "MB", 8


def _few_channels(group: Dataset) -> None:
    group.ChannelDefinitionSequence = list(group.ChannelDefinitionSequence)[:1]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, "ends before its last sample"),
        (_no_rate, "how often it was sampled"),
        (_companded, "type MB of 8 bits"),
        (_few_channels, "does not describe its channels"),
    ],
)
def test_a_broken_recording_is_refused_by_name(
    spoil: Callable[[Dataset], None], words: str
) -> None:
    dataset = recording(wave(100), channel("I"), channel("II"))
    spoil(dataset.WaveformSequence[0])
    with pytest.raises(DocumentRefused, match=words):
        read_waveform(make.to_bytes(dataset))


def test_a_recording_is_listed_as_a_waveform_and_opens_as_one() -> None:
    content = make.to_bytes(recording(wave(), channel("I"), channel("II")))
    (study,) = build_studies([read_object(content)])
    (shown,) = study.display_sets
    assert shown.kind is DisplaySetKind.WAVEFORM
    assert shown.documents[0].title == "12-lead ECG"
    assert study.received == study.shown == 1
    assert isinstance(open_document(content), Waveform)
