"""Generated files: all of them are replaced, or none."""

import os
import stat
import threading
from pathlib import Path

import pytest

from emberline.artefacts import write
from emberline.failure import Failure


def test_a_folder_in_the_place_of_a_file_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_text("old")
    with pytest.raises(Failure, match=f"^{tmp_path}/b: cannot write: Is a directory$"):
        write(tmp_path, {"a": "new", "b": "new"})
    assert (tmp_path / "a").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/real").write_text("old")
    (tmp_path / "link").symlink_to("kept/real")
    assert write(tmp_path, {"link": "new"}) == (tmp_path / "link",)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "kept/real").read_text() == "new"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["real"]


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write(tmp_path, {"pipe": "text"})
    reader.join(20)
    assert read == ["text"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
