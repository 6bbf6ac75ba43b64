"""Whether what a service gives back is what was sent."""

from __future__ import annotations

from workstation.dicom.part10 import open_object

#: Written by the receiver into the object, not into its content (PS3.4 B.4.1, coercion).
_COERCED = ("InstanceCreatorUID", "InstanceCoercionDateTime", "OriginalAttributesSequence")


def same_content(sent: bytes, received: bytes) -> bool:
    """Equal data sets; the file meta information and the encoding may differ."""
    one, two = open_object(sent).dataset, open_object(received).dataset
    for dataset in (one, two):
        for keyword in _COERCED:
            if keyword in dataset:
                delattr(dataset, keyword)
    # Group length elements are retired and carry no content.
    first = {element.tag: element for element in one if element.tag.element != 0}
    second = {element.tag: element for element in two if element.tag.element != 0}
    return first == second


def series_of(instance: bytes) -> str:
    """Series Instance UID of an object."""
    return str(open_object(instance).dataset.SeriesInstanceUID)
