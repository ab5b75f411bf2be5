"""The process with targets whose pages pass through it."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

from tests.exporter.faulty import MILVUS, VLLM, Server, serves
from tests.exporter.running import Series, exporter
from tests.servers import CLIENT, until


def test_the_pages_of_targets_stand_on_ours_each_under_its_name(tmp_path: Path, promtool: Path) -> None:
    with ExitStack() as stack:
        first, second, database = (
            stack.enter_context(Server(serves(bodies))) for bodies in (VLLM, {**VLLM, "/health": (503, b"")}, MILVUS)
        )
        targets = "".join(
            f"- {{kind: vllm, name: {name}, url: '{server.url}', interval: 1s, relay: true}}\n"
            for name, server in (("a", first), ("b", second))
        )
        targets += f"- {{kind: milvus, name: db, url: '{database.url}', rest_url: '{database.url}', relay: true}}\n"
        running = stack.enter_context(exporter(tmp_path, "--simulate", targets=targets))
        until(lambda: CLIENT.get(f"{running.url}/-/ready").status_code == 200)
        page = running.page()
        for name in ("a", "b"):
            assert value(page, "vllm:num_requests_waiting", target=name) == [40]
            assert value(page, "process_resident_memory_bytes", target=name) == [], "that name is ours"
            assert value(page, "emberline_relay_dropped_series", target=name, reason="name") == [3]
        assert value(page, "milvus_proxy_search_vectors_count_total", target="db") == [2880]
        assert value(page, "emberline_relay_series", target="db")[0] > 2000
        body = CLIENT.get(f"{running.url}/metrics").content
        checked = subprocess.run([promtool, "check", "metrics"], input=body, capture_output=True, check=False)
        assert checked.returncode in (0, 3), checked.stderr.decode()[-300:]
        first.behaviour = serves({**VLLM, "/metrics": (200, b"# garbage {\x00\nx{ 1\n")})
        until(lambda: b'\nvllm:num_requests_waiting{target="a"' not in CLIENT.get(f"{running.url}/metrics").content)
        until(lambda: b'\nvllm:num_requests_waiting{target="b"' in CLIENT.get(f"{running.url}/metrics").content)


def value(page: dict[Series, float], wanted: str, **labels: str) -> list[float]:
    """The values of the series of that name that have these labels."""
    return [found for (name, has), found in page.items() if name == wanted and labels.items() <= dict(has).items()]
