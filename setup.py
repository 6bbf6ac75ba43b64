"""Builds the optional kernels; everything else stands in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup

KERNELS = ("_reslice", "_lut")

# optional=True: a machine without a compiler still installs; SimpleITK reslices and OpenCV looks up
# instead.
# Without contraction of a * b + c every processor gives the same bits.
kernels = [
    Extension(
        f"workstation.imaging.{name}",
        sources=[f"workstation/imaging/{name}.c"],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        py_limited_api=True,
        extra_compile_args=["-O3", "-ffp-contract=off"],
        optional=True,
    )
    for name in KERNELS
    if Path(f"workstation/imaging/{name}.c").exists()
]
setup(ext_modules=kernels, options={"bdist_wheel": {"py_limited_api": "cp311"}})
