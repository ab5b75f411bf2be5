"""Xids: counted once whoever tells them, by GPU and code, and kept over restarts."""

import asyncio
import os
from pathlib import Path

import pytest

from exporter.nvml.kernel_log import KernelLog, xid_in
from exporter.nvml.known import Known
from exporter.nvml.reading import Reading, Xid
from exporter.nvml.state_file import StateFile
from exporter.nvml.xids import Source, Xids, dump, load
from tests.exporter.nvml.supervised import until

GPU, KERNEL_GPU = "00000000:17:00.0", "0000:17:00"

Told = tuple[Source, str, int, float]

STORIES: dict[str, tuple[list[Told], dict[int, int]]] = {
    "one that both tell is one": ([("nvml", GPU, 79, 1.0), ("kernel", KERNEL_GPU, 79, 2.5)], {79: 1}),
    "in either order": ([("kernel", KERNEL_GPU, 79, 1.0), ("nvml", GPU, 79, 1.1)], {79: 1}),
    "two of one source are two": ([("nvml", GPU, 13, 1.0), ("nvml", GPU, 13, 1.1)], {13: 2}),
    "two that both tell are two": (
        [("nvml", GPU, 13, 1.0), ("nvml", GPU, 13, 1.1), ("kernel", KERNEL_GPU, 13, 1.2), ("kernel", GPU, 13, 1.3)],
        {13: 2},
    ),
    "one whose reading came late is one": (
        [
            ("kernel", KERNEL_GPU, 79, 1.0),
            ("kernel", KERNEL_GPU, 119, 3.5),
            ("nvml", GPU, 79, 1.0),
            ("nvml", GPU, 119, 3.4),
        ],
        {79: 1, 119: 1},
    ),
    "far apart they are two": ([("nvml", GPU, 79, 1.0), ("kernel", KERNEL_GPU, 79, 3.1)], {79: 2}),
    "different codes are different": ([("nvml", GPU, 79, 1.0), ("kernel", KERNEL_GPU, 119, 1.1)], {79: 1, 119: 1}),
    "what only the kernel tells counts": ([("kernel", KERNEL_GPU, 119, 1.0)], {119: 1}),
}


@pytest.mark.parametrize("story", STORIES)
def test_an_xid_counts_once_whoever_tells_it(story: str) -> None:
    told, expected = STORIES[story]
    xids = Xids()
    for source, address, code, at in told:
        xids = xids.after(source, address, code, at)
    assert dict(xids.of(GPU)) == expected
    assert xids.last_of(GPU) == told[-1][2]


def test_those_that_only_one_source_tells_do_not_pile_up() -> None:
    xids = Xids()
    for at in range(3000):
        xids = xids.after("kernel", GPU, 13, 10.0 * at)
    assert dict(xids.of(GPU)) == {13: 3000}
    assert len(xids.open) == 1024


def test_another_gpu_has_none() -> None:
    xids = Xids().after("nvml", GPU, 79, 1.0)
    assert not xids.of("00000000:18:00.0")
    assert xids.last_of("00000000:18:00.0") == 0


def test_counts_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "xids.json"
    known = Known(path)
    known.take(Reading("570", (), xids=(Xid(GPU, 48), Xid(GPU, 48), Xid(GPU, 94))), 1.0)
    assert known.kept(within=20)
    again = Known(path)
    assert dict(again.xids.of(GPU)) == {48: 2, 94: 1}
    assert again.xids.last_of(GPU) == 94
    assert not path.with_name("xids.json.new").exists()


DAMAGED = (
    "",
    "{",
    "[]",
    '{"xids": 3, "last": {}}',
    '{"xids": {"a": {"b": 1}}, "last": {}}',
    '{"xids": {"a": {"79": 1' + 400 * "0" + '}}, "last": {}}',
    '{"xids": {}, "last": {"x": null}}',
    '{"xids": {}, "last": {"x": Infinity}}',
)


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_said_and_counted_anew(text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "xids.json"
    path.write_text(text)
    assert StateFile(path).read() == Xids()
    assert str(path) in caplog.text


def test_a_folder_that_is_gone_costs_the_file_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "gone" / "xids.json"
    known = Known(path)
    known.tell("kernel", KERNEL_GPU, 79, 1.0)
    assert dict(known.xids.of(GPU)) == {79: 1}
    assert not known.kept(within=0.5)
    assert "could not be kept" in caplog.text
    path.parent.mkdir()
    assert known.kept(within=5), "what failed is tried again when it is asked for"
    assert dict(Known(path).xids.of(GPU)) == {79: 1}


def test_a_disk_that_hangs_holds_nobody_up_and_has_the_newest_counts_once_it_answers(tmp_path: Path) -> None:
    path, pipe = tmp_path / "xids.json", tmp_path / "xids.json.new"
    os.mkfifo(pipe)  # whoever writes into it waits for a reader, as for a disk
    known = Known(path)
    for code in (13, 31, 79):
        known.tell("kernel", KERNEL_GPU, code, 1.0)
    assert not known.kept(within=0.1)
    pipe.read_bytes()
    assert known.kept(within=20)
    assert dict(Known(path).xids.of(GPU)) == {13: 1, 31: 1, 79: 1}


def test_the_document_is_read_as_it_was_written() -> None:
    xids = Xids().after("nvml", GPU, 79, 1.0).after("nvml", GPU, 31, 1.0)
    assert (load(dump(xids)).counts, load(dump(xids)).last) == (xids.counts, xids.last)


RECORDS = {
    b"4,1532,98765,-;NVRM: Xid (PCI:0000:17:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.": (
        "0000:17:00",
        79,
    ),
    b"4,1,2,-;NVRM: Xid (PCI:0000:b3:00): 119, pid=1234, name=python, Timeout after 6s of waiting for RPC": (
        "0000:b3:00",
        119,
    ),
    b"6,1,2,-;NVRM: loading NVIDIA UNIX x86_64 Kernel Module": None,
    b"4,1,2,-;someone says Xid 79": None,
    b"\xff\xfe": None,
}


@pytest.mark.parametrize("record", RECORDS)
def test_the_kernels_log_is_understood(record: bytes) -> None:
    assert xid_in(record) == RECORDS[record]


def test_the_kernels_log_is_followed_from_its_end_on(tmp_path: Path) -> None:
    path = tmp_path / "kmsg"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)

    async def scenario() -> list[tuple[str, int]]:
        told: list[tuple[str, int]] = []
        awaited: list[tuple[str, int] | None] = []
        task = asyncio.create_task(KernelLog(path, lambda address, code: told.append((address, code))).run())
        await asyncio.sleep(0)
        for record, expected in RECORDS.items():
            os.write(writer, record)
            awaited.append(expected)
            await until(lambda: told == [each for each in awaited if each])
        task.cancel()
        await asyncio.wait([task])
        return told

    assert asyncio.run(scenario()) == [found for found in RECORDS.values() if found]
    os.close(writer)


def test_a_pipe_that_ends_is_said_and_not_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "kmsg"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)

    async def scenario() -> None:
        task = asyncio.create_task(KernelLog(path, lambda _, code: os.close(writer) if code else None).follow())
        await asyncio.sleep(0)
        os.write(writer, next(iter(RECORDS)))
        await asyncio.wait_for(task, 20)

    asyncio.run(scenario())
    assert caplog.messages == [f"{path}: Xids come from NVML alone: it has ended"]
