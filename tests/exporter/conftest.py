"""The fake driver as fixtures."""

from pathlib import Path

import pytest

from tests.exporter.nvml.supervised import Supervised
from tests.fakedriver.library import Build, builder
from tests.fakedriver.state import FakeDriver


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Compiles the fake driver without some functions: `library({"nvmlDeviceGetMemoryInfo_v2"})`."""
    return builder(tmp_path_factory.mktemp("fakedriver"))


@pytest.fixture
def driver(tmp_path: Path) -> FakeDriver:
    """A driver with two GPUs."""
    return FakeDriver(tmp_path / "state")


@pytest.fixture
def supervised(library: Build, driver: FakeDriver) -> Supervised:
    """A supervisor whose child finds the fake driver."""
    return Supervised(driver, library(()))
