import asyncio
from pathlib import Path

import httpx

from exporter.targets.target import Target
from exporter.targets.watch import Watch

URL = "http://127.0.0.1:1"


class Transport(httpx.AsyncBaseTransport):
    """Answers every request alike, or breaks in a way that no server can."""

    def __init__(self, status: int | None) -> None:
        self._status = status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        del request
        if self._status is None:
            raise ZeroDivisionError
        return httpx.Response(self._status, stream=httpx.ByteStream(b""))


def observed(status: int | None, credentials: Path | None = None) -> dict[str, float]:
    """The points of a target after every endpoint was probed once, by the name and the last label."""

    async def watch() -> dict[str, float]:
        target = Target("vllm", "t", URL, URL, interval=60, timeout=1, credentials_file=credentials)
        watched = Watch(target, Transport(status))
        assert watched.pending() == ("health", "models", "version", "metrics")
        task = asyncio.create_task(watched.run())
        async with asyncio.timeout(10):
            while watched.pending():  # noqa: ASYNC110 - the watch tells nobody when it is done
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        return {f"{point.metric.name} {point.labels[-1][1]}": point.value for point in watched.points()}

    return asyncio.run(watch())


def test_a_fault_of_a_probe_is_counted_as_its_own_and_spoils_nothing() -> None:
    points = observed(None)
    assert points["emberline_target_up vllm"] == 0
    assert points["emberline_target_failures_total internal"] == 4
    assert "emberline_target_last_success_timestamp_seconds health" not in points


def test_an_empty_answer_is_health_and_no_model_list() -> None:
    points = observed(200)
    assert points["emberline_target_up vllm"] == 1
    assert points["emberline_target_endpoint_up health"] == 1
    assert points["emberline_target_endpoint_up models"] == 0
    assert points["emberline_target_failures_total garbage"] == 2
    assert points["emberline_target_last_success_timestamp_seconds health"] > 1e9


def test_without_its_credentials_nothing_is_asked(tmp_path: Path) -> None:
    points = observed(200, tmp_path / "missing")
    assert points["emberline_target_up vllm"] == 0
    assert points["emberline_target_failures_total credentials"] == 4
