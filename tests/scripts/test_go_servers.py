"""The version of a server built with Go is the one its module pins."""

from pathlib import Path

import pytest
from go_servers import MODULES, pinned
from server_cache import ServerError


@pytest.mark.parametrize("module", sorted(MODULES.iterdir()), ids=lambda module: module.name)
def test_each_module_pins_a_version_of_its_series(module: Path) -> None:
    name, _, series = module.name.partition("-")
    version, packages = pinned((module / "go.mod").read_text(encoding="utf-8"))
    assert version.startswith(f"{series}.")
    assert f"github.com/prometheus/{name}/cmd/{name}" in packages


def test_a_module_that_pins_no_release_is_an_error() -> None:
    with pytest.raises(ServerError, match="pins no release"):
        pinned("tool (\n\tgithub.com/prometheus/prometheus/cmd/prometheus\n)\n")
