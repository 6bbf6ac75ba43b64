from typing_extensions import Buffer

def reslice(
    voxels: Buffer,
    present: Buffer,
    positions: Buffer,
    out: Buffer,
    numbers: Buffer,
    sizes: Buffer,
) -> None: ...
