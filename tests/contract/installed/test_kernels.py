"""The wheel holds what the source tree holds: compiled kernels, type markers and data, and no sources of C++."""

import importlib
import importlib.resources
import importlib.util
import os
import pkgutil

import pytest

PACKAGES = ("native", "slo", "rules", "dashboards", "exporter", "emberline")
FOLDERS = [module.name for module in pkgutil.iter_modules(importlib.import_module("native").__path__) if module.ispkg]
KERNELS = [name for name in FOLDERS if importlib.util.find_spec(f"native.{name}.kernel")]  # the others have only twins


def test_there_are_kernels() -> None:
    assert "exposition" in KERNELS


@pytest.mark.skipif(os.environ.get("EMBERLINE_NATIVE") != "required", reason="a twin may stand in for a kernel")
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_is_compiled(kernel: str) -> None:
    assert importlib.import_module(f"native.{kernel}").COMPILED


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_marked_as_typed(package: str) -> None:
    assert importlib.resources.files(package).joinpath("py.typed").is_file()


def test_the_catalog_is_shipped() -> None:
    names = {entry.name for entry in importlib.resources.files("slo").joinpath("catalog").iterdir()}
    assert {"platform.yaml", "alerts.yaml", "promises.yaml"} <= names
