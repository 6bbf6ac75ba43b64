from typing_extensions import Buffer

def table(stored: Buffer, entries: Buffer, out: Buffer) -> None: ...
def line(
    stored: Buffer,
    out: Buffer,
    signed: bool,
    slope: float,
    offset: float,
    first: float,
    last: float,
    low: int,
    high: int,
) -> None: ...
