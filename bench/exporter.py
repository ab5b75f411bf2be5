"""The node process: its page beside prometheus_client's aiohttp handler, and what reading eight GPUs costs.

`python -m bench.exporter`. The GPUs are those of the tests' driver, a library that pynvml loads unmodified: eight of
them, read each second, with rings of samples that fill as a real driver's do.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from bench.runner.measure import Floor, Report, arguments
from bench.runner.pages import SERIES
from bench.runner.processes import family, processor_seconds, resident
from bench.runner.scrapers import Tally, scrape
from tests.fakedriver.gpu import GPU_UTIL, MEM_UTIL, TOTAL_POWER
from tests.fakedriver.library import builder
from tests.fakedriver.state import FakeDriver

CONNECTIONS: Final = 8
SCRAPES: Final = 10_000
CLIENT_SECONDS: Final = 5.0
OURS_SECONDS: Final = 5.0
P99_SECONDS: Final = 0.020
CORE: Final = 0.02
MEMORY: Final = 100 << 20
WATCHED_SECONDS: Final = 30.0
GROWTH: Final = 2 << 20
STEP: Final = 150_000


@contextmanager
def page_of(kind: str) -> Iterator[int]:
    """The port of one of the two servers."""
    command = (sys.executable, "-m", "bench.runner.pages", kind)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def series(port: int) -> int:
    """How many series a page has whose names the two share; gzip is what scrapers ask for."""
    return sum(line.startswith("emberline_bench_") for line in page(port).splitlines())


def page(port: int) -> str:
    """The page as a scraper has it: gzip."""
    connection = HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", "/metrics", headers={"Accept-Encoding": "gzip"})
        return gzip.decompress(connection.getresponse().read()).decode()
    finally:
        connection.close()


def race_pages(report: Report) -> None:
    """Requests per second of the same 5,000 series at eight connections, and 10,000 scrapes in a row."""
    with page_of("ours") as ours, page_of("client") as client:
        assert series(ours) == series(client) == SERIES
        print(f"a page of {SERIES} series, gzip, {CONNECTIONS} connections")
        scrape(ours, CONNECTIONS, seconds=1.0)
        theirs = scrape(client, CONNECTIONS, seconds=CLIENT_SECONDS)
        mine = scrape(ours, CONNECTIONS, seconds=OURS_SECONDS)
        tell(report, "prometheus_client's aiohttp handler", theirs)
        tell(report, "ours", mine)
        report.floor(Floor("requests per second against it", mine.rate / theirs.rate, 100, 150))
        many = scrape(ours, CONNECTIONS, answers=SCRAPES)
        tell(report, f"ours, {SCRAPES} scrapes", many)
        report.floor(Floor("p99 within 20 ms", P99_SECONDS / many.quantile(0.99), 1, 2))
        report.floor(Floor(f"{SCRAPES} scrapes without a failure", float(many.failed == 0), 1, 1))


def tell(report: Report, who: str, tally: Tally) -> None:
    """The figures of one run."""
    report.fact(f"{who}: requests per second", tally.rate, "1/s")
    report.fact(f"{who}: p50", 1000 * tally.quantile(0.5), "ms")
    report.fact(f"{who}: p99", 1000 * tally.quantile(0.99), "ms")


@contextmanager
def node(interval: str) -> Iterator[tuple[int, int, FakeDriver]]:
    """Process id and port of an exporter of eight GPUs whose rings fill by themselves."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "built"
        built.mkdir()
        library, driver = builder(built)(()), FakeDriver(Path(folder) / "state", gpus=8)
        environment = os.environ | {"LD_LIBRARY_PATH": str(library), "FAKE_NVML_STATE": str(driver.path)}
        command = (sys.executable, "-m", "exporter", "--listen", "127.0.0.1:0", "--interval", interval)
        over = threading.Event()
        filling = threading.Thread(target=fill, args=(driver, over))
        filling.start()
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as process:
            assert process.stderr is not None
            try:
                line = next(line for line in process.stderr if "listening on" in line)
                threading.Thread(target=process.stderr.read, daemon=True).start()
                yield process.pid, int(line.rpartition(":")[2].partition("/")[0]), driver
            finally:
                over.set()
                process.terminate()
                process.wait()
                filling.join()


def fill(driver: FakeDriver, over: threading.Event) -> None:
    """A sample of each ring about every 150 ms."""
    began = time.monotonic_ns() // 1000
    number = 0
    while not over.wait(STEP / 1e6):
        number += 1
        for index in range(8):
            gpu = driver.gpu(index)
            gpu.sample(GPU_UTIL, began + number * STEP, (number * 7 + index) % 101)
            gpu.sample(MEM_UTIL, began + number * STEP, (number * 3 + index) % 101)
            gpu.sample(TOTAL_POWER, began + number * STEP, 100_000 + number % 500_000)


def settle(port: int) -> None:
    """Until the GPUs are on the page."""
    for _ in range(200):
        if 'DCGM_FI_DEV_GPU_UTIL{gpu="7"' in page(port):
            return
        time.sleep(0.1)
    raise AssertionError("eight GPUs did not come")


def weigh_node(report: Report) -> None:
    """Processor time and memory of parent and child at one reading a second and a scrape every fifteen."""
    with node("1s") as (pid, port, _):
        settle(port)
        time.sleep(2)
        pids = family(pid)
        before, began = processor_seconds(pids), time.monotonic()
        while time.monotonic() - began < WATCHED_SECONDS:
            time.sleep(WATCHED_SECONDS / 2)
            scrape(port, 1, answers=1)
        share = (processor_seconds(pids) - before) / (time.monotonic() - began)
        print(f"eight GPUs each second for {WATCHED_SECONDS:.0f} s, parent and child")
        report.fact("share of one core", 100 * share, "%")
        report.fact("resident memory", resident(pids) / 2**20, "MiB")
        report.floor(Floor("of 2 % of one core, spared", CORE / share, 1, 1.5))
        report.floor(Floor("of 100 MiB, spared", MEMORY / resident(pids), 1, 1.2))


def watch_growth(report: Report, readings: int) -> None:
    """Memory over as many readings as an hour has at one a second or a part of it, each with a scrape."""
    with node("100ms") as (pid, port, driver):
        settle(port)
        counter = driver.gpu(0).rule("nvmlDeviceGetFieldValues")
        until(lambda: counter.calls >= readings // 10, port)
        pids = family(pid)
        early, calls = resident(pids), counter.calls
        until(lambda: counter.calls >= calls + readings, port)
        assert family(pid) == pids, "a child was replaced"
        grown = resident(pids) - early
        print(f"{readings} readings in a tenth of their time, each with a scrape")
        report.fact("memory grew by", grown / 2**20, "MiB")
        report.floor(Floor("of 2 MiB, spared", GROWTH / max(grown, 1), 1, 2))


def until(condition: Callable[[], bool], port: int) -> None:
    """Scrape ten times a second until the condition holds."""
    while not condition():
        scrape(port, 1, answers=1)
        time.sleep(0.1)


def main() -> int:
    """Run all of it; 1 where a floor was missed."""
    options = arguments("exporter", rounds=600)
    report = Report("exporter")
    race_pages(report)
    weigh_node(report)
    watch_growth(report, options.rounds)
    return report.close(options.json)


if __name__ == "__main__":
    sys.exit(main())
