"""All forms of a signed report, made once at signing from the one content.

DICOM objects go to the service: structured report, measurements, key images, pages. The other
forms are kept with them, for `nocturne export-report` and for what sends them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from workstation.domain.delivery import OutgoingObject, ReportDocument
from workstation.domain.identity import new_uid
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.report_content import Reference, ReportContent, clean
from workstation.domain.site import Site
from workstation.domain.study import Study
from workstation.workflow.earlier_forms import EarlierForms
from workstation.workflow.key_pictures import Frames, key_pictures

#: Writes a form from the content and the pages, which are None where there are none.
DocumentWriter = Callable[[ReportContent, bytes | None], ReportDocument]


class PageSigner(Protocol):
    """The reader's certificate."""

    def holder(self) -> str:
        """In whose name; empty where pages are not signed."""
        ...

    def sign(self, pages: bytes, at: datetime) -> bytes:
        """The pages with their signature."""
        ...


class Forms:
    """Makes every form; `site_of` gives a facility's letterhead by its name in the worklist.

    With a certificate the pages are signed before anything is kept or sent, so that every form
    holds the same bytes; what keeps it from signing keeps the report from being signed.
    """

    def __init__(
        self,
        frames: Frames | None = None,
        writers: Sequence[DocumentWriter] = (),
        site_of: Callable[[str], Site] = Site,
        certifying: PageSigner | None = None,
    ) -> None:
        self._frames = frames
        self._writers = tuple(writers)
        self._site_of = site_of
        self._certifying = certifying

    @staticmethod
    def unprintable(text: str) -> str:
        """The characters, each once, for which the type of the pages has no letters: with any of
        them the pages are left out."""
        from workstation.dicom.pdf_fonts import unprintable

        return unprintable(clean(text))

    def objects(
        self,
        content: ReportContent,
        source: bytes,
        references: Sequence[Reference],
        study: Study,
        measurements: Sequence[Measurement],
        keys: Sequence[KeyImage],
        before: EarlierForms = EarlierForms(),  # noqa: B008 - it cannot change
    ) -> tuple[tuple[OutgoingObject, ...], tuple[ReportDocument, ...]]:
        """The DICOM objects, the structured report first, and the other documents; `before` are
        those that they follow."""
        # highdicom takes over a second to import: only who signs pays for it.
        from workstation.dicom.kos import build_key_images, key_image_words
        from workstation.dicom.measurement_report import build_measurements
        from workstation.dicom.pdf_object import build_pdf_object
        from workstation.dicom.sr import build_report

        made = [build_report(source, references, content)]
        numbers = build_measurements(
            new_uid(), source, references, content, measurements, before.measurements
        )
        if numbers is not None:
            made.append(numbers)
        if content.key_images:
            made.append(
                build_key_images(
                    new_uid(),
                    source,
                    content.key_images,
                    content.key_frames,
                    reader=content.reader,
                    signed_at=content.signed_at,
                    description=key_image_words(content, before.key_images),
                )
            )
        pages = self._pages(content, study, measurements, keys)
        if pages is not None:
            made.append(build_pdf_object(new_uid(), source, content, pages))
        documents = [write(content, pages) for write in self._writers]
        if pages is not None:
            documents.append(ReportDocument("report.pdf", "PDF", "application/pdf", pages))
        return tuple(made), tuple(documents)

    def _pages(
        self,
        content: ReportContent,
        study: Study,
        measurements: Sequence[Measurement],
        keys: Sequence[KeyImage],
    ) -> bytes | None:
        from workstation.dicom.pdf_pages import KeyPicture, Unprintable, build_pages, require_glyphs

        site, signer = self._site_of(content.site), self._certifying
        try:
            require_glyphs(content, site)
        except Unprintable:
            # The sign panel has said so: a page with holes would say less than none.
            return None
        pictures = []
        if self._frames is not None:
            held = key_pictures(study, keys, measurements, self._frames)
            pictures = [KeyPicture(picture, caption) for picture, caption in held]
        if signer is None:
            return build_pages(content, site, pictures)
        pages = build_pages(content, site, pictures, certified_by=signer.holder())
        return signer.sign(pages, content.signed_at)
