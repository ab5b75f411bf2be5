"""Our reading of web-config.yml against promtool's, which is the toolkit's own."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from exporter.web.reload import BrokenConfigError, load
from tests.exporter.web.site import DATA

GOOD, BAD, REFUSED = (sorted(DATA.glob(f"{kind}-*.yml")) for kind in ("good", "bad", "refused"))

# What the toolkit of Prometheus 3.5 takes and we do not, and why not; everything else must agree.
DELIBERATE = {
    "request-client-cert": "which Python's ssl cannot",
    "require-any-client-cert": "which Python's ssl cannot",
    "require-client-cert": "which Python's ssl cannot",
    "curves": "Python's ssl can be told one curve only",
    "version-10": "OpenSSL 3 refuses it",
    "version-11": "OpenSSL 3 refuses it",
    "versions-crossed": "no client could connect",
    "ciphers-of-no-version": "no client could connect",
    "cipher-null": "unknown cipher",
    "ca-without-certificates": "holds no certificates",
    "sans-without-certificate": "requires client_auth_type",  # as newer toolkits do
    "sans-optional": "requires client_auth_type",
    "password-long": "not a password hashed with bcrypt",
    "password-dear": "takes too long to check",
    "header-line-break": "characters that no header can",
    "rate-without-burst": "refuses every request",
    "rate-burst-negative": "must be a whole number",
    "documents": "another document",
}


BOMB = "a: &a [x]\n" + "".join(f"{b}: &{b} [{', '.join(9 * [f'*{a}'])}]\n" for a, b in pairwise("abcdefgh"))


@pytest.fixture(scope="module")
def theirs(promtool: Path) -> dict[str, bool]:
    """Whether promtool takes each file."""
    files = [*GOOD, *BAD, *REFUSED]
    checked = subprocess.run([promtool, "check", "web-config", *files], capture_output=True, text=True, check=False)
    found = re.findall(r"^(\S+\.yml) (SUCCESS|FAILED)", checked.stdout + checked.stderr, re.MULTILINE)
    return {Path(path).name: verdict == "SUCCESS" for path, verdict in found}


def complaint(path: Path) -> str:
    try:
        load(path)
    except BrokenConfigError as error:
        return str(error)
    return ""


def test_the_corpus_is_large_and_promtool_saw_all_of_it(theirs: dict[str, bool]) -> None:
    assert len(theirs) == len([*GOOD, *BAD, *REFUSED]) >= 100


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_promtool_takes_we_take(path: Path, theirs: dict[str, bool]) -> None:
    assert (theirs[path.name], complaint(path)) == (True, "")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_promtool_refuses_we_refuse_with_file_and_line(path: Path, theirs: dict[str, bool]) -> None:
    assert not theirs[path.name]
    assert re.match(rf"{re.escape(str(path))}:\d+: \S", complaint(path))


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_what_we_refuse_beyond_promtool_is_listed_with_its_reason(path: Path, theirs: dict[str, bool]) -> None:
    assert theirs[path.name]
    assert DELIBERATE[path.stem.removeprefix("refused-")] in complaint(path)


def test_the_list_of_refusals_holds_nothing_else() -> None:
    assert {path.stem.removeprefix("refused-") for path in REFUSED} == set(DELIBERATE)


def test_every_fault_is_told_at_once_with_line_and_path(tmp_path: Path) -> None:
    path = tmp_path / "web.yml"
    path.write_text(
        "tls_server_config:\n  cert_file: a\n  min_version: TLS9\n  cipher_suites:\n    - ok\n"
        "basic_auth_users:\n  bob: secret\nhttp_server_config: {http2: maybe}\nextra: 1\n"
    )
    assert complaint(path).splitlines() == [
        f"{path}:3: tls_server_config.min_version: unknown TLS version: TLS9",
        f"{path}:5: tls_server_config.cipher_suites[0]: unknown cipher: ok",
        f"{path}:7: basic_auth_users.bob: not a password hashed with bcrypt, such as htpasswd -nBC 10 '' prints",
        f"{path}:8: http_server_config.http2: must be true or false",
        f"{path}:9: extra: Extra inputs are not permitted",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: " + "[" * 50_000, "nested too deeply"),
        ("%TAG !e! " + "a" * 200 + "\n---\na: !e!b x\n", "a tag is too long"),
        ("#" * (1 << 20) + "\n", "larger than"),
        (BOMB, "too"),
        ("a: &a [*a]\n", "too large"),
        ("? [a]\n: b\n", "a key must be text"),
        ("<<: 1\n", "<< needs a mapping"),
    ],
    ids=["deep", "tag", "large", "bomb", "loop", "key", "merge"],
)
def test_hostile_files_cost_little(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "web.yml"
    path.write_text(text)
    assert said in complaint(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "x.yml") == f"{tmp_path}/x.yml:1: cannot be read: No such file or directory"


def test_the_example_of_the_documentation_is_good(tmp_path: Path, promtool: Path) -> None:
    page = (DATA.parents[2] / "docs" / "web-config.md").read_text(encoding="utf-8")
    path = tmp_path / "web.yml"
    path.write_text(page.partition("```yaml\n")[2].partition("```")[0])
    for name in ("server.pem", "server.key", "ca.pem"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    assert complaint(path) == ""
    assert subprocess.run([promtool, "check", "web-config", path], capture_output=True, check=False).returncode == 0
