"""The six top-level names belong to our distribution and to no other; others on PyPI claim `rules` and `exporter`."""

import importlib.metadata
import json

import pytest

PACKAGES = ("native", "slo", "rules", "dashboards", "exporter", "emberline")


def installed_editable() -> bool:
    """Whether the packages are read from a source tree: then no distribution lists their files."""
    url = importlib.metadata.distribution("emberline").read_text("direct_url.json")
    return bool(url and json.loads(url).get("dir_info", {}).get("editable"))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_name_is_ours_alone(package: str) -> None:
    owners = importlib.metadata.packages_distributions().get(package, [])
    assert set(owners) == (set() if installed_editable() else {"emberline"})


def test_nothing_else_is_installed_by_us() -> None:
    files = importlib.metadata.files("emberline") or []
    tops = {file.parts[0] for file in files if not file.parts[0].startswith((".", "_", "emberline-"))}
    assert tops <= set(PACKAGES)
