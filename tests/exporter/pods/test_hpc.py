import os
from pathlib import Path

from exporter.pods.hpc import FILE_BYTES, JOB_CHARACTERS, JOBS, JobFiles, jobs


def test_files_name_gpus_and_mig_instances(tmp_path: Path) -> None:
    (tmp_path / "0").write_text("job-1\njob-2\n")
    (tmp_path / "1.7").write_text("job-3")
    (tmp_path / "README").write_text("job-4")
    (tmp_path / "2").mkdir()
    os.mkfifo(tmp_path / "3")
    files = JobFiles(tmp_path)
    assert files.of(0) == ()
    files.refresh()
    assert (files.of(0), files.of(1), files.of(1, 7)) == (("job-1", "job-2"), (), ("job-3",))
    assert (files.of(2), files.of(3)) == ((), ())


def test_changes_are_seen_and_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    (tmp_path / "0").write_text("first")
    files.refresh()
    (tmp_path / "0").write_text("other")
    os.utime(tmp_path / "0", ns=(1, 1))
    files.refresh()
    assert files.of(0) == ("other",)
    (tmp_path / "0").unlink()
    files.refresh()
    assert files.of(0) == ()


def test_a_file_that_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    path = tmp_path / "0"
    path.write_text("first")
    before = path.stat()
    files.refresh()
    with path.open("r+") as file:
        file.write("other")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    files.refresh()
    assert files.of(0) == ("first",), "same time, size and file: taken as unchanged"


def test_a_folder_that_is_not_there_is_empty_until_it_comes(tmp_path: Path) -> None:
    files = JobFiles(tmp_path / "jobs")
    files.refresh()
    assert files.of(0) == ()
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "0").write_text("x")
    files.refresh()
    assert files.of(0) == ("x",)


def test_content_is_bounded_and_cleaned(tmp_path: Path) -> None:
    assert jobs(b" a \n\n\na\r\nb\xff\n") == ("a", "b\ufffd")
    assert jobs(b"x" * 1000) == ("x" * JOB_CHARACTERS,)
    assert len(jobs("\n".join(map(str, range(1000))).encode())) == JOBS
    (tmp_path / "0").write_bytes(b"\n" * FILE_BYTES + b"late")
    files = JobFiles(tmp_path)
    files.refresh()
    assert files.of(0) == ()
