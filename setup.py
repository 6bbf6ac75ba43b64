"""Builds the optional kernels; everything else stands in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup

#: Each with its flags. Without contraction of a * b + c every processor gives the same planes; what
#: `_lut` gives is compared with its table on the machine itself.
KERNELS = {"_reslice": ["-O3", "-ffp-contract=off"], "_lut": ["-O3"], "_halve": ["-O3"]}

# optional=True: a machine without a compiler still installs; SimpleITK reslices, OpenCV looks up
# and shrinks instead.
kernels = [
    Extension(
        f"workstation.imaging.{name}",
        sources=[f"workstation/imaging/{name}.c"],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        py_limited_api=True,
        extra_compile_args=flags,
        optional=True,
    )
    for name, flags in KERNELS.items()
    if Path(f"workstation/imaging/{name}.c").exists()
]
setup(ext_modules=kernels, options={"bdist_wheel": {"py_limited_api": "cp311"}})
