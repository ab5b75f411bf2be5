"""Debian packages of any suite, downloaded and unpacked without installing them and without root.

apt runs on a private configuration: the machine's own mirror and keys, another suite, its own lists and cache.
The machine's sources, lists and installed packages stay as they are.
"""

import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from server_cache import ServerError

SOURCES = Path("/etc/apt")
OS_RELEASE = Path("/etc/os-release")
HOOKS = ("APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success", "DPkg::Post-Invoke")


@dataclass(frozen=True, slots=True)
class Archive:
    """One package archive as the machine's apt configuration names it."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str

    def stanza(self) -> str:
        """The archive in apt's deb822 form, package indexes only."""
        signed = f"Signed-By: {self.signed_by}\n" if self.signed_by else ""
        suites = " ".join(self.suites)
        return f"Types: deb\nURIs: {self.uri}\nSuites: {suites}\nComponents: main\nTargets: Packages\n{signed}"


def machine_suite(os_release: Path = OS_RELEASE) -> str:
    """The code name of this machine's Debian release; an error on any other system."""
    lines = os_release.read_text(encoding="utf-8").splitlines() if os_release.is_file() else []
    facts = {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}
    if facts.get("ID") != "debian" or "VERSION_CODENAME" not in facts:
        message = f"this system is {facts.get('PRETTY_NAME', 'unknown')}, and packages come from Debian only"
        raise ServerError(message)
    return facts["VERSION_CODENAME"]


def machine_archive(suite: str, sources: Path = SOURCES) -> Archive:
    """The archive that the machine takes the main component of its own release from."""
    files = [sources / "sources.list", *sorted(sources.glob("sources.list.d/*"))]
    archives = [archive for file in files if file.is_file() for archive in parse_sources(file)]
    for archive in archives:
        if suite in archive.suites and "main" in archive.components:
            return archive
    message = f"no archive of {suite}/main in {sources}/sources.list or {sources}/sources.list.d"
    raise ServerError(message)


def parse_sources(file: Path) -> list[Archive]:
    """The binary archives of one sources file, in either of apt's two forms; other file names hold none."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".sources":
        return [archive for block in text.split("\n\n") for archive in _deb822(block)]
    lines = text.splitlines() if file.suffix == ".list" else []
    return [_one_line(line) for line in lines if line.startswith(("deb ", "deb\t"))]


def _deb822(block: str) -> list[Archive]:
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith((" ", "\t")):
            fields[name] = f"{fields.get(name, '')}\n{line}"
        elif not line.startswith("#"):
            name, _, value = line.partition(":")
            fields[name := name.lower()] = value.strip()
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
        return []
    suites, components = (tuple(fields.get(key, "").split()) for key in ("suites", "components"))
    return [Archive(uri, suites, components, fields.get("signed-by", "")) for uri in fields.get("uris", "").split()]


def _one_line(line: str) -> Archive:
    options, _, rest = line[3:].strip().removeprefix("[").partition("]") if "[" in line else ("", "", line[3:])
    words = rest.partition("#")[0].split()
    settings = dict(option.split("=", 1) for option in options.split() if "=" in option)
    return Archive(words[0], (words[1],), tuple(words[2:]), settings.get("signed-by", ""))


def unpack(packages: tuple[str, ...], version: str, suite: str, folder: Path) -> None:
    """Fill a folder with the files of packages of a suite, whose version starts with the one given (`3.5`)."""
    own = machine_suite()
    archive = replace(machine_archive(own), suites=(suite or own,))
    with tempfile.TemporaryDirectory(prefix="emberline-apt-") as scratch:
        private = Path(scratch)
        _configure(private, archive)
        _apt(private, "update", "--error-on=any")
        _apt(private, "download", *(f"{package}={version}.*" for package in packages))
        for package in private.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)


def _configure(private: Path, archive: Archive) -> None:
    for made in ("lists/partial", "cache/archives/partial"):
        (private / made).mkdir(parents=True)
    (private / "private.sources").write_text(archive.stanza(), encoding="utf-8")
    cleared = "".join(f"#clear {hook};\n" for hook in HOOKS)
    settings = {
        "Dir::Etc::sourcelist": private / "private.sources",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::lists": private / "lists",
        "Dir::Cache": private / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    written = "".join(f'{key} "{value}";\n' for key, value in settings.items())
    (private / "apt.conf").write_text(cleared + written, encoding="utf-8")


def _apt(private: Path, *arguments: str) -> None:
    command = ["apt-get", "-qq", "-c", str(private / "apt.conf"), *arguments]
    environment = os.environ | {"LC_ALL": "C"}
    try:
        run = subprocess.run(
            command, cwd=private, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        message = f"apt-get {arguments[0]}: {error}"
        raise ServerError(message) from error
    if run.returncode:
        message = f"apt-get {' '.join(arguments)}: {run.stderr.strip()}"
        raise ServerError(message)
