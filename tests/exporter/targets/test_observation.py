from dataclasses import replace
from pathlib import Path

import pytest

from exporter.targets.answer import Failed, Reason
from exporter.targets.credentials import read_credentials
from exporter.targets.observation import Observation, Reading

GOOD = Reading(1.0, 0.1, None)
BAD = Reading(2.0, 0.1, Failed(Reason.TIMEOUT, ""))


def test_the_last_success_outlives_any_number_of_failures() -> None:
    held = Observation(None, GOOD).then(BAD).then(replace(BAD, at=3.0))
    assert (held.previous, held.current.at, held.last_success) == (GOOD, 3.0, 1.0)


def test_a_new_success_takes_the_place_of_the_old() -> None:
    assert Observation(None, GOOD).then(BAD).then(replace(GOOD, at=3.0)).last_success == 3.0


def test_what_never_succeeded_has_no_last_success() -> None:
    assert Observation(None, BAD).then(BAD).last_success is None


def test_the_credentials_file_is_sent_as_a_bearer_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("root:Milvus\n")
    assert read_credentials(tmp_path / "token") == {"Authorization": "Bearer root:Milvus"}
    assert read_credentials(None) == {}


@pytest.mark.parametrize("content", [b"", b" \n", b"two words", b"two\nlines", b"\xff", b"x" * (65 << 10)])
def test_a_file_that_holds_no_token_is_a_failure(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    found = read_credentials(tmp_path / "token")
    assert isinstance(found, Failed)
    assert found.reason is Reason.CREDENTIALS
    assert repr(content) not in found.detail


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    missing = tmp_path / "token"
    assert read_credentials(missing) == Failed(Reason.CREDENTIALS, f"{missing}: No such file or directory")
