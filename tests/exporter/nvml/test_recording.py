"""A recorded session answers as the driver did, and says nothing of who owns the board."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from exporter.nvml.ask import NOT_SUPPORTED, Answer, Argument, DriverError
from exporter.nvml.recording import Recorder, appendable
from exporter.nvml.replay import NotASessionError, Replay

SERIAL, UUID = "1654922009876", "GPU-6dc3bb1e-5b1c-4d2e-9c55-0d8b1f7f2a11"


class Clock:
    """Seconds as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Script:
    """A driver that answers from a table of functions."""

    def __init__(self, **functions: Callable[..., Answer]) -> None:
        self.functions = functions

    def __call__(self, function: str, device: str = "", *arguments: Argument) -> Answer:
        return self.functions[function](device, *arguments)


def refuse(*_: Argument) -> Answer:
    raise DriverError(NOT_SUPPORTED, "Not Supported")


def identity(_: str) -> Answer:
    return {"uuid": UUID, "model": "NVIDIA H200", "texts": {"serial": SERIAL}}


def test_answers_and_refusals_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "session"
    script = Script(power=lambda _: [123_456], clock=lambda _, kind: [len(kind)], fan=refuse)
    with closing(Recorder(script, path)) as recorder:
        recorder("power", "0")
        recorder("clock", "0", "sm")
        recorder("clock", "0", "memory")
        with pytest.raises(DriverError):
            recorder("fan", "0")
    replay = Replay(path)
    assert replay("power", "0") == [123_456]
    assert (replay("clock", "0", "sm"), replay("clock", "0", "memory")) == ([2], [6])
    with pytest.raises(DriverError, match="Not Supported") as refusal:
        replay("fan", "0")
    assert refusal.value.code == NOT_SUPPORTED
    with pytest.raises(DriverError, match="not asked"):
        replay("temperature", "0")


def test_serials_and_uuids_are_replaced_by_the_same_numbers_each_time(tmp_path: Path) -> None:
    path = tmp_path / "session"
    script = Script(attach=identity, instances=lambda _: [{"uuid": "MIG-abc", "profile": "1g.10gb"}])
    with closing(Recorder(script, path)) as recorder:
        assert recorder("attach", "0")["uuid"] == UUID, "who records sees the truth"
        recorder("attach", "0")
        recorder("instances", "0")
    first, second = (json.loads(line)["r"] for line in path.read_text().splitlines()[1:3])
    assert first == second
    for secret in (SERIAL, UUID, UUID[4:12], "MIG-abc"):
        assert secret not in path.read_text()
    answer = Replay(path)("attach", "0")
    assert answer["uuid"].startswith("GPU-00000000-")
    assert answer["model"] == "NVIDIA H200"
    assert Replay(path)("instances", "0")[0]["uuid"].startswith("MIG-")


def test_each_answer_belongs_to_its_time_and_the_last_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "session"
    calls = [{"t": second, "f": "power", "d": "0", "a": [], "r": [second], "s": 0} for second in (1, 2, 5)]
    path.write_text("".join(json.dumps(line) + "\n" for line in ({"emberline_nvml_session": 1}, *calls)))
    clock = Clock()
    replay = Replay(path, clock)
    found = []
    for clock.now in (0, 1.5, 2, 4.9, 5, 1e6):
        found += replay("power", "0")
    assert found == [1, 1, 2, 2, 5, 5]


def test_a_ring_is_drained_from_any_cursor(tmp_path: Path) -> None:
    path = tmp_path / "session"
    drains = [
        {"t": 0, "f": "samples", "d": "0", "a": ["gpu", 0], "r": [[10, 1], [20, 2]], "s": 0},
        {"t": 2, "f": "samples", "d": "0", "a": ["gpu", 20], "r": [[20, 2], [30, 3]], "s": 0},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in ({"emberline_nvml_session": 1}, *drains)))
    clock = Clock()
    replay = Replay(path, clock)
    assert replay("samples", "0", "gpu", 0) == [[10, 1], [20, 2]]
    assert replay("samples", "0", "gpu", 20) == []
    clock.now = 2
    assert replay("samples", "0", "gpu", 15) == [[20, 2], [30, 3]]


def test_events_come_once_and_at_their_time(tmp_path: Path) -> None:
    path = tmp_path / "session"
    xid = {"device": "0", "xid": 79, "gpu_instance": None}
    lines = (
        {"emberline_nvml_session": 1},
        {"t": 0, "f": "event", "d": "", "a": [500], "r": None, "s": 0.5},
        {"t": 3, "f": "event", "d": "", "a": [500], "r": xid, "s": 0.2},
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    clock = Clock()
    replay = Replay(path, clock)
    assert replay("event", "", 0) is None
    clock.now = 3.2
    assert replay("event", "", 0) == xid
    assert replay("event", "", 0) is None


def test_a_call_that_never_returned_is_recorded_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "session"
    monkeypatch.setattr("exporter.nvml.recording._HANGING", 0.0)
    forever, entered = threading.Event(), threading.Event()

    def hang(_: str) -> Answer:
        entered.set()
        forever.wait()

    recorder = Recorder(Script(fields=hang, power=lambda _: [1]), path)
    thread = threading.Thread(target=recorder, args=("fields", "0"), daemon=True)
    thread.start()
    entered.wait()
    recorder("power", "0")
    assert [json.loads(line).get("hang") for line in path.read_text().splitlines()[:3]] == [None, True, None]
    forever.set()
    thread.join()
    recorder.close()


def test_a_child_that_takes_over_goes_on_in_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "session"
    for value in (1, 2):
        with closing(Recorder(Script(power=lambda _, value=value: [value]), path)) as recorder:
            recorder("power", "0")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line.get("r") for line in lines] == [None, [1], [2]]
    assert lines[1]["t"] <= lines[2]["t"]


BAD = {
    "": ":1: no call was recorded",
    "hello\n": ":1: not JSON",
    '{"emberline_nvml_session": 2}\n': ":1: not a recorded session of version 1",
    '{"emberline_nvml_session": 1}\n': ":1: no call was recorded",
    '{"emberline_nvml_session": 1}\n[]\n': ":2: not a call",
    '{"emberline_nvml_session": 1}\n{"t": 0, "f": "power", "d": "0", "a": []}\n': ":2: not a call",
    '{"emberline_nvml_session": 1}\n{"t": 0, "f": 1, "d": "0", "a": [], "r": 1, "s": 0}\n': ":2: not a call",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_session_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "session"
    path.write_text(text)
    with pytest.raises(NotASessionError) as fault:
        Replay(path)
    assert str(fault.value) == f"{path}{BAD[text]}"


def test_one_board_has_one_number_whichever_child_tells_of_it(tmp_path: Path) -> None:
    """A GPU that was lost and found is why sessions are recorded: boards must not be mistaken for each other."""

    def told(order: tuple[str, ...], key: bytes, name: str) -> list[str]:
        with closing(
            Recorder(Script(attach=lambda device: {"uuid": f"GPU-{device}"}), tmp_path / name, key)
        ) as recorder:
            for device in order:
                recorder("attach", device)
        lines = (tmp_path / name).read_text().splitlines()[-len(order) :]
        return [json.loads(line)["r"]["uuid"] for line in lines]

    first, second = told(("a", "b"), b"key", "session"), told(("b",), b"key", "session")
    assert first[0] != first[1] == second[0]
    assert told(("a",), b"", "other") != told(("a",), b"", "third") != first[:1], "nobody else can work it out"


FULL = """
import resource, sys
from pathlib import Path
from exporter.nvml.recording import Recorder
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
recorder = Recorder(lambda function, device, *arguments: [len(device)], Path(sys.argv[1]))
print(sum(recorder("power", "0")[0] for _ in range(100)))
"""


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "session"
    run = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "100\n"
    assert run.stderr == f"{path}: the recording ends here: No space left on device\n"
    assert Replay(path)("power", "0") == [1]
    assert 500 < path.stat().st_size <= 1000


def test_half_a_line_is_cut_off_by_whoever_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "session"
    with closing(Recorder(Script(power=lambda _: [1]), path)) as recorder:
        recorder("power", "0")
    whole = path.read_bytes()
    path.write_bytes(whole + whole[-20:-3])
    with closing(Recorder(Script(power=lambda _: [2]), path)) as recorder:
        recorder("power", "0")
    assert path.read_bytes().startswith(whole)
    assert [json.loads(line)["r"] for line in path.read_text().splitlines()[1:]] == [[1], [2]]


def test_nothing_is_appended_to_what_is_no_session(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine\n")
    with pytest.raises(ValueError, match="notes:1: is no recorded session"):
        appendable(tmp_path / "notes")
    with pytest.raises(FileNotFoundError):
        appendable(tmp_path / "nowhere" / "session")
    appendable(tmp_path / "new")
    with closing(Recorder(Script(power=lambda _: [1]), tmp_path / "new")) as recorder:
        recorder("power", "0")
    appendable(tmp_path / "new")
