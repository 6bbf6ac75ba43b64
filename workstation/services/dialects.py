"""How servers differ from PS3.18 chapter 11, as a table.

A dialect is chosen per service in the settings; nothing is guessed from an answer, since two
spellings in one request are refused by some of these servers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TransactionIn(StrEnum):
    """Where an update carries the Transaction UID. Never both: Azure refuses it in the body."""

    QUERY = "query"
    BODY = "body"


class ChannelAddress(StrEnum):
    """Where the answer to a subscription names the event channel."""

    CONTENT_LOCATION = "content-location"
    LOCATION = "location"
    #: not named: `/ws/subscribers/{aet}` below the root
    BUILT = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One row. `requester_in_path` appends the station to state and cancel requests."""

    name: str
    transaction_in: TransactionIn = TransactionIn.QUERY
    #: spelled differently by edition of PS3.18 11.6
    transaction_parameter: str = "transaction-uid"
    requester_in_path: bool = False
    channel_address: ChannelAddress = ChannelAddress.CONTENT_LOCATION
    #: bodies of an update are one object in the standard's examples, an array in F.2
    body_is_array: bool = True
    has_events: bool = True


DIALECTS: dict[str, Dialect] = {
    each.name: each
    for each in (
        Dialect("standard"),
        Dialect(
            "dcm4chee",
            transaction_parameter="transaction",
            requester_in_path=True,
            channel_address=ChannelAddress.LOCATION,
        ),
        Dialect(
            "dcm4chee-5.35",
            transaction_in=TransactionIn.BODY,
            requester_in_path=True,
            channel_address=ChannelAddress.LOCATION,
        ),
        Dialect(
            "raccoon",
            transaction_in=TransactionIn.BODY,
            channel_address=ChannelAddress.BUILT,
        ),
        Dialect("azure", has_events=False),
    )
}
