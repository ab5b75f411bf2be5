"""The machine's own archive is found in either of apt's two forms."""

from pathlib import Path

import pytest
from debian_packages import Archive, machine_archive, machine_suite
from server_cache import ServerError

DEB822 = """# a comment
Types: deb deb-src
URIs: http://mirror.example/debian http://second.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
Enabled: no
URIs: http://disabled.example
Suites: trixie
Components: main
"""
ONE_LINE = """deb-src http://sources.example/debian bookworm main
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/key.gpg] http://mirror.example/debian bookworm main non-free # the mirror
deb http://security.example/debian-security bookworm-security main
"""


def sources(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return folder


def test_deb822_form(tmp_path: Path) -> None:
    found = machine_archive("bookworm", sources(tmp_path, "sources.list.d/debian.sources", DEB822))
    key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc"
    suites, components = ("bookworm", "bookworm-updates"), ("main", "contrib")
    assert found == Archive("http://mirror.example/debian", suites, components, key)


def test_one_line_form(tmp_path: Path) -> None:
    found = machine_archive("bookworm", sources(tmp_path, "sources.list", ONE_LINE))
    assert found == Archive("http://mirror.example/debian", ("bookworm",), ("main", "non-free"), "/etc/apt/key.gpg")


@pytest.mark.parametrize("name", ["sources.list.d/other.sources.disabled", "sources.list.d/debian.sources"])
def test_a_disabled_archive_is_not_used(name: str, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no archive of trixie/main"):
        machine_archive("trixie", sources(tmp_path, name, DEB822))


def test_the_release_is_read(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text('ID=debian\nVERSION_CODENAME="trixie"\n', encoding="utf-8")
    assert machine_suite(tmp_path / "os-release") == "trixie"


def test_another_system_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text('ID=arch\nPRETTY_NAME="Arch Linux"\n', encoding="utf-8")
    with pytest.raises(ServerError, match="Arch Linux"):
        machine_suite(tmp_path / "os-release")
