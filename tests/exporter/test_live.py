"""The counters file is read anew when it changes or on SIGHUP, and a bad one changes nothing."""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from exporter.dcgm.surface import Words, surface
from exporter.live import Live
from tests.exporter.dcgm.shown import NODE, gpu
from tests.exporter.running import exporter
from tests.servers import CLIENT, until

ONE = "DCGM_FI_DEV_GPU_TEMP, gauge, warm\n"
TWO = ONE + "DCGM_FI_DEV_FB_USED, gauge, full\n"


def shown(live: Live) -> list[str]:
    return [row.name for row in live.surface.counters.metrics]


def live(path: Path, *, strict: bool = False) -> Live:
    return Live(surface(Words(path, strict=strict)))


def test_a_changed_file_is_taken_and_a_bad_one_is_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "c.csv"
    path.write_text(ONE)
    held = live(path)
    before = held.page
    path.write_text(TWO)
    assert asyncio.run(held.look())
    assert shown(held) == ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_FB_USED"]
    assert held.page is not before
    for bad in ("nothing\n", "", "# all off\n", "DCGM_EXP_P2P_STATUS, gauge, links\n"):
        path.write_text(bad)
        assert not asyncio.run(held.look())
        assert len(shown(held)) == 2
    path.unlink()
    assert not asyncio.run(held.look())
    path.write_text(ONE)
    assert asyncio.run(held.look())
    assert len(shown(held)) == 1
    assert "2 metrics and 0 labels of DCGM are shown" in caplog.text
    assert f"{path}:1: nothing: 1 cells" in caplog.text
    assert "cannot be read" in caplog.text
    assert f"{path}:1: holds no field that can be shown" in caplog.text


def test_a_selected_device_that_is_not_there_is_told_once_and_again_when_it_has_gone_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held, told = Live(surface(Words(devices="g:0,2+i:0"))), []
    for devices in ([], [gpu(0)], [gpu(0)], [gpu(0), gpu(2)], [gpu(0)]):
        caplog.clear()
        list(held.points(NODE, devices))
        told.append([record.message for record in caplog.records])
    part, whole = "MIG instance 0 was selected and is not there", "GPU 2 was selected and is not there"
    assert told == [[], [whole, part], [], [], [whole]]


def test_compatible_series_are_those_of_the_selected_devices_and_ours_of_all(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(ONE)
    held = Live(surface(Words(path, devices="g:1")))
    found = [(point.metric.name, dict(point.labels)["gpu"]) for point in held.points(NODE, [gpu(0), gpu(1)])]
    assert found[0] == ("DCGM_FI_DEV_GPU_TEMP", "1")
    assert ("emberline_gpu_info", "1") in found
    assert {index for name, index in found if name.startswith("DCGM_")} == {"1"}
    assert {index for name, index in found if name.startswith("emberline_")} == {"0", "1"}


def test_a_strict_reader_keeps_the_last_file_without_fault(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(ONE)
    held = live(path, strict=True)
    path.write_text(TWO + "bad\n")
    assert not asyncio.run(held.look())
    assert shown(held) == ["DCGM_FI_DEV_GPU_TEMP"]


def test_a_file_that_never_comes_to_an_end_holds_up_nobody(tmp_path: Path) -> None:
    """A pipe in its place stands for a file system that hangs."""
    path = tmp_path / "c.csv"
    path.write_text(ONE)
    held = live(path)

    async def scenario() -> None:
        path.unlink()
        os.mkfifo(path)
        writer = os.open(path, os.O_RDWR)
        look = asyncio.create_task(held.look())
        for _ in range(10):
            await asyncio.sleep(0.01)
        assert not look.done()
        look.cancel()
        os.close(writer)

    asyncio.run(scenario())
    assert shown(held) == ["DCGM_FI_DEV_GPU_TEMP"]


def test_a_change_is_noticed_also_behind_a_link_as_configmaps_are_mounted(tmp_path: Path) -> None:
    for name, text in (("old", ONE), ("new", TWO)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.csv").write_text(text)
    link = tmp_path / "data"
    link.symlink_to("old")
    held = live(link / "c.csv")

    async def scenario() -> None:
        task = asyncio.create_task(held.run(look=0.01))
        await asyncio.sleep(0.05)
        assert shown(held) == ["DCGM_FI_DEV_GPU_TEMP"]
        (tmp_path / "next").symlink_to("new")
        (tmp_path / "next").rename(link)
        for _ in range(500):
            if len(shown(held)) == 2:
                break
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert shown(held) == ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_FB_USED"]


def test_the_running_process_warns_reloads_on_sighup_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.csv"
    path.write_text(ONE + "bad\n")
    monkeypatch.setenv("NODE_NAME", "gpu-node-7")
    with exporter(tmp_path, "--simulate", "--collectors", str(path), "--debug") as running:
        log = running.log.read_text
        until(lambda: f"{path}:2: bad: 1 cells" in log(), what="what is wrong with the file")
        assert "--debug: has no effect here: there is one level of logging" in log()
        path.write_text(TWO)
        os.kill(running.process.pid, signal.SIGHUP)
        until(lambda: "2 metrics and 0 labels" in log(), what="the reload")
        assert CLIENT.get(f"{running.url}/-/healthy").status_code == 200
        until(lambda: running.value("emberline_gpu_up", gpu="0", Hostname="gpu-node-7") == 1, what="the node's name")
