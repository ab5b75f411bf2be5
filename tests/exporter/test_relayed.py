"""The process with targets whose pages pass through it."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

from tests.exporter.faulty import MILVUS, VLLM, Server, serves
from tests.exporter.running import exporter
from tests.servers import CLIENT, until


def test_the_pages_of_targets_stand_on_ours_each_under_its_name(tmp_path: Path, promtool: Path) -> None:
    with ExitStack() as stack:
        first, second, database = (
            stack.enter_context(Server(serves(bodies))) for bodies in (VLLM, {**VLLM, "/health": (503, b"")}, MILVUS)
        )
        targets = "".join(
            f"- {{kind: vllm, name: {name}, url: '{server.url}', interval: 300ms, relay: true}}\n"
            for name, server in (("a", first), ("b", second))
        )
        targets += f"- {{kind: milvus, name: db, url: '{database.url}', rest_url: '{database.url}', relay: true}}\n"
        running = stack.enter_context(exporter(tmp_path, "--simulate", targets=targets))
        until(lambda: CLIENT.get(f"{running.url}/-/ready").status_code == 200)
        for name in ("a", "b"):
            assert running.value("vllm:num_requests_waiting", target=name) == 40
            assert running.value("process_resident_memory_bytes", target=name) is None, "that name is ours"
            dropped = running.value("emberline_relay_dropped_series", target=name, reason="name")
            assert dropped == 3
        assert running.value("milvus_proxy_search_vectors_count_total", target="db") == 2880
        assert (running.value("emberline_relay_series", target="db") or 0) > 2000
        page = CLIENT.get(f"{running.url}/metrics").content
        checked = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, check=False)
        assert checked.returncode in (0, 3), checked.stderr.decode()[-300:]
        first.behaviour = serves({**VLLM, "/metrics": (200, b"# garbage {\x00\nx{ 1\n")})
        running.becomes(None, "vllm:num_requests_waiting", target="a")
        assert running.value("vllm:num_requests_waiting", target="b") == 40
        assert running.seconds() < 0.1
