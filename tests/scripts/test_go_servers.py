"""The version of a server built with Go is the one its module pins."""

import re
from pathlib import Path

import pytest
from go_servers import MODULES, pinned
from server_cache import ServerError


@pytest.mark.parametrize("module", sorted(MODULES.iterdir()), ids=lambda module: module.name)
def test_each_module_pins_a_version_of_its_series(module: Path) -> None:
    name, _, series = module.name.partition("-")
    version, packages = pinned((module / "go.mod").read_text(encoding="utf-8"))
    assert version.startswith(f"{series}.")
    assert any(re.fullmatch(rf".*/{name}(?:/cmd/{name}|/v\d+)", package) for package in packages)


@pytest.mark.parametrize(
    ("go_mod", "version"),
    [
        ("tool (\n\tx/prometheus/cmd/prometheus\n\tx/prometheus/cmd/promtool\n)\n\tx/prometheus v0.305.1\n", "3.5.1"),
        ("tool x/kustomize/v5\n\nrequire x/kustomize/v5 v5.8.1\n", "5.8.1"),
        (
            "tool x/kustomize/v5\n\nrequire (\n\tx/kustomize/api v0.21.1\n\tx/kustomize/v5 v5.18.0 // indirect\n)\n",
            "5.18.0",
        ),
    ],
)
def test_the_version_of_a_module(go_mod: str, version: str) -> None:
    assert pinned(go_mod)[0] == version


def test_a_module_that_pins_no_release_is_an_error() -> None:
    with pytest.raises(ServerError, match="pins no release"):
        pinned("tool (\n\tgithub.com/prometheus/prometheus/cmd/prometheus\n)\n")
