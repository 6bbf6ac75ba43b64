"""The multipart parser: whole objects only, at any cut of the stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import ServiceAnswerInvalid
from workstation.services.multipart import MAX_HEADER_BYTES, MultipartParser, media_type, related


def parse(body: bytes, *, step: int = 1 << 20, boundary: str = "edge") -> list[bytes]:
    parser = MultipartParser(boundary, max_bytes=1 << 22)
    found = []
    for at in range(0, len(body), step):
        found += [part.content for part in parser.feed(body[at : at + step])]
    parser.close()
    return found


@given(
    contents=st.lists(
        st.binary(max_size=200) | st.sampled_from([b"--edge", b"\r\n--edg", b"\n--edgeX", b"\r"]),
        min_size=1,
        max_size=4,
    ),
    step=st.integers(1, 64),
)
def test_what_was_sent_arrives_whatever_the_cuts(contents: list[bytes], step: int) -> None:
    kind, chunks = related(
        (("application/dicom", each) for each in contents), root_type="application/dicom"
    )
    boundary = media_type(kind)[1]["boundary"]
    assert parse(b"".join(chunks), step=step, boundary=boundary) == contents


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_preamble_bare_line_feeds_and_an_epilogue_are_tolerated(step: int) -> None:
    body = b"hello\n--edge\nContent-Type: application/dicom\n\nA\r\nB\n--edge--bye"
    assert parse(body, step=step) == [b"A\r\nB"]


def test_a_part_without_headers_is_taken() -> None:
    assert parse(b"--edge\r\n\r\nA\r\n--edge--\r\n") == [b"A"]


def test_bytes_that_only_begin_like_the_boundary_belong_to_the_part() -> None:
    assert parse(b"--edge\r\n\r\nA\r\n--edgewise\r\nB\r\n--edge--\r\n") == [b"A\r\n--edgewise\r\nB"]


@pytest.mark.parametrize("missing", [1, 3, 12, 40])
def test_half_a_body_is_refused(missing: int) -> None:
    body = b"--edge\r\nContent-Type: application/dicom\r\n\r\n" + b"x" * 64 + b"\r\n--edge--"
    with pytest.raises(ServiceAnswerInvalid, match="broke off"):
        parse(body[:-missing])


def test_headers_without_end_are_refused() -> None:
    parser = MultipartParser("edge", max_bytes=1 << 22)
    with pytest.raises(ServiceAnswerInvalid, match="headers"):
        parser.feed(b"--edge\r\n" + b"A: b\r\n" * MAX_HEADER_BYTES)


def test_a_body_without_end_is_refused_at_its_limit() -> None:
    parser = MultipartParser("edge", max_bytes=1000)
    parser.feed(b"--edge\r\n\r\n" + b"x" * 900)
    with pytest.raises(ServiceAnswerInvalid, match="more than"):
        parser.feed(b"x" * 200)


def test_a_content_type_without_boundary_is_refused() -> None:
    with pytest.raises(ServiceAnswerInvalid, match="where they end"):
        MultipartParser("", max_bytes=10)


def test_a_quoted_boundary_with_a_semicolon_is_read() -> None:
    kind, parameters = media_type('Multipart/Related; type="application/dicom"; boundary="a;b"')
    assert (kind, parameters["boundary"]) == ("multipart/related", "a;b")
