from typing_extensions import Buffer

def reslice(
    voxels: Buffer,
    present: Buffer,
    whole: Buffer,
    positions: Buffer,
    depths: Buffer,
    out: Buffer,
    numbers: Buffer,
    sizes: Buffer,
) -> None: ...
