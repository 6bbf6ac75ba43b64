"""What the strip says about a case: no Qt, so that it can be tested."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from workstation.domain.reading_task import PriorStudy
from workstation.domain.study import DisplaySet, RetrievalProgress, Study
from workstation.domain.wording import number
from workstation.ui.viewport.series_strip import StripSection
from workstation.ui.viewport.thumb import ThumbContent
from workstation.ui.worklist import wording
from workstation.workflow import hanging


def _title(shown: DisplaySet) -> str:
    number = "" if shown.series_number is None else f"S{shown.series_number}"
    words = shown.description or (shown.frames[0].view_position if shown.frames else "")
    return " ".join(part for part in (number, words or shown.modality) if part)


def _count(shown: DisplaySet, expected: int | None) -> str:
    if not shown.frames:
        return ""
    if len(shown.frames) == 1 and shown.frames[0].view_position:
        return shown.frames[0].view_position
    return str(max(len(shown.frames), expected or 0))


def _warning(shown: DisplaySet) -> str:
    if shown.missing_slices:
        many = "s" if shown.missing_slices > 1 else ""
        first = f"{shown.missing_slices} slice{many} missing"
        return "\n".join((first, *(each for each in shown.problems if "missing" not in each)))
    return "\n".join(shown.problems)


def _geometry(shown: DisplaySet) -> str:
    """What planes through the series would rest on, in words (display rules, §8)."""
    volume = shown.volume
    if volume is None:
        return f"No volume: {shown.volume_refused}" if len(shown.frames) > 1 else ""
    if volume.uniform:
        return f"Volume, slices {number(volume.slice_spacing_mm, 2)} mm apart"
    low, high = shown.spacing_min_mm or 0.0, shown.spacing_max_mm or 0.0
    return f"Volume, slices {number(low, 2)} to {number(high, 2)} mm apart"


def thumbs_of(
    study: Study,
    progress: RetrievalProgress | None,
    seen: Callable[[DisplaySet], frozenset[int]],
) -> tuple[ThumbContent, ...]:
    """The thumbnails of a study: images first, then documents, then series that cannot be shown."""
    uid = study.study_instance_uid
    arriving = {s.series_instance_uid: s for s in progress.series} if progress is not None else {}
    done = progress is None or progress.verified or progress.received >= progress.expected
    found: list[ThumbContent] = []
    for shown in hanging.images(study):
        held = arriving.get(shown.series_instance_uid)
        sets = [s for s in study.display_sets if s.series_instance_uid == shown.series_instance_uid]
        alone = len(sets) == 1 and len(shown.sop_instance_uids) == len(shown.frames)
        expected = held.expected if held is not None and alone else None
        count = max(len(shown.frames), expected or 0)
        found.append(
            ThumbContent(
                uid,
                shown.identifier,
                _title(shown),
                _count(shown, expected),
                here=len(shown.frames) / count,
                seen=len(seen(shown)) / count,
                warning=_warning(shown) if done else "",
                geometry=_geometry(shown) if done else "",
            )
        )
    for shown in hanging.documents(study):
        found.append(ThumbContent(uid, shown.identifier, _title(shown), "", document=True))
    found += _without_image(study, arriving.values())
    return tuple(found)


def _without_image(study: Study, arriving: Iterable[object]) -> list[ThumbContent]:
    """Series of which nothing can be shown, and series that have not begun to arrive."""
    from workstation.domain.study import SeriesProgress

    uid = study.study_instance_uid
    found = []
    for series in study.series:
        if not series.display_sets:
            title = f"S{series.number}" if series.number is not None else series.modality
            found.append(
                ThumbContent(
                    uid,
                    series.series_instance_uid,
                    title,
                    "",
                    cannot_show="Nothing of this series can be shown as an image.",
                )
            )
    known = {series.series_instance_uid for series in study.series}
    for each in arriving:
        if isinstance(each, SeriesProgress) and each.series_instance_uid not in known:
            part = each.received / each.expected if each.expected else 0.0
            found.append(
                ThumbContent(
                    uid,
                    each.series_instance_uid,
                    each.description or each.modality,
                    str(each.expected),
                    here=part,
                    fetch=True,
                )
            )
    return found


def date_of(study: Study) -> str:
    """The day of a study."""
    at = study.study_datetime
    return "" if at is None else wording.day_text(at.date())


def prior_placeholder(prior: PriorStudy, now: datetime) -> ThumbContent:
    """An earlier study that is not on this disk: a click fetches it."""
    words = "/".join(wording.imaged_by(prior)) or "Study"
    return ThumbContent(
        prior.study_instance_uid,
        "",
        f"{words} {wording.prior_age_text(prior, now, short=True)}".strip(),
        str(prior.instances) if prior.instances else "",
        here=0.0,
        fetch=True,
    )


def prior_section(study: Study, thumbs: tuple[ThumbContent, ...]) -> StripSection:
    """An earlier study that is on this disk."""
    return StripSection("Prior", date_of(study), thumbs)
