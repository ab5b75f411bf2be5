"""The library of the fake driver, compiled once and linked once for each set of functions it must not have."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Final

import pytest

SONAME: Final = "libnvidia-ml.so.1"
_HERE: Final = Path(__file__).parent
_FLAGS: Final = ("-fPIC", "-O1", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror")

Build = Callable[[Iterable[str]], Path]


def builder(folder: Path) -> Build:
    """What links the library without some functions, and returns the folder for LD_LIBRARY_PATH."""

    @cache
    def objects() -> list[Path]:
        target = folder / "objects"
        target.mkdir()
        sources = [str(source) for source in sorted(_HERE.glob("*.c"))]
        subprocess.run([_compiler(), *_FLAGS, "-c", *sources], check=True, cwd=target)
        return sorted(target.iterdir())

    @cache
    def linked(hidden: frozenset[str]) -> Path:
        target = folder / f"without-{len(list(folder.iterdir()))}"
        target.mkdir()
        versions = target / "symbols.map"
        names = "".join(f"{name}; " for name in sorted(hidden))
        versions.write_text(f"{{ global: nvml*; local: {names}*; }};\n")
        options = [f"-Wl,-soname,{SONAME}", f"-Wl,--version-script={versions}", "-o", str(target / SONAME)]
        subprocess.run([_compiler(), "-shared", *map(str, objects()), *options], check=True)
        return target

    return lambda hidden: linked(frozenset(hidden))


def _compiler() -> str:
    """The C compiler; without one the test is skipped, and fails under `CI=true`."""
    found = shutil.which(os.environ.get("CC", "cc"))
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("the fake driver needs a C compiler", pytrace=False)
    return found or pytest.skip("the fake driver needs a C compiler")
