"""Builds the optional reslicing kernel; everything else stands in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup

KERNEL = "workstation/imaging/_reslice.c"

# optional=True: a machine without a compiler still installs, and SimpleITK reslices instead.
kernels = (
    [
        Extension(
            "workstation.imaging._reslice",
            sources=[KERNEL],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            extra_compile_args=["-O3"],
            optional=True,
        )
    ]
    if Path(KERNEL).exists()
    else []
)
setup(ext_modules=kernels, options={"bdist_wheel": {"py_limited_api": "cp311"}})
