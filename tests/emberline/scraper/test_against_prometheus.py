"""The own scraper beside a real Prometheus: the same server, the same series, ended by the same events."""

import asyncio

import pytest

from emberline.clock import wall_clock
from emberline.sources.scraper import Scraper
from emberline.sources.store import Store
from emberline.sources.target import Target
from slo.duration import Duration
from slo.selector import Labels, Selector
from tests.emberline.scraper.pages import Pages, serving
from tests.servers import PrometheusServer, StartPrometheus

PAGE = b"""# TYPE h histogram
h_bucket{le="5"} 1
h_bucket{le="0.50"} 1
h_bucket{le="1000000"} 1
h_bucket{le="0.00001"} 1
h_bucket{le="+Inf"} 1
h_sum 1
h_count 1
# TYPE s summary
s{quantile="1"} 1
s{quantile="0.50"} 1
# TYPE g gauge
g{le="5",quantile="0.50",empty=""} 1
g{job="theirs",instance="there",pod="inner"} 1
g{pod="inner",exported_pod="taken"} 1
g{gone="soon"} 1
u{le="5"} 1
"""
LATER = PAGE.replace(b'g{gone="soon"} 1\n', b"")
NAMES = ("h_bucket", "h_sum", "h_count", "s", "g", "u", "up", "scrape_samples_scraped")
SECONDS = 60.0


def config(address: str) -> str:
    host = address.removeprefix("http://")
    jobs = "".join(
        f"""
- job_name: {name}
  honor_labels: {honor}
  static_configs: [{{targets: ["{host}"], labels: {{instance: here, pod: outer}}}}]"""
        for name, honor in (("plain", "false"), ("honest", "true"))
    )
    return f"global: {{scrape_interval: 1s}}\nscrape_configs:{jobs}\n"


def targets(address: str) -> list[Target]:
    return [
        Target(
            name,
            f"{address}/metrics",
            (("instance", "here"), ("job", name), ("pod", "outer")),
            Duration(1000),
            honor_labels=honor,
        )
        for name, honor in (("plain", False), ("honest", True))
    ]


def theirs(server: PrometheusServer) -> set[tuple[str, Labels, float]]:
    """What Prometheus has now, by an instant query."""
    found = server.query(f'{{__name__=~"{"|".join(NAMES)}"}}', wall_clock() / 1000)
    return {(*identity(one["metric"]), float(one["value"][1])) for one in found}


def identity(metric: dict[str, str]) -> tuple[str, Labels]:
    return metric["__name__"], tuple(sorted((k, v) for k, v in metric.items() if k != "__name__"))


def ours(store: Store) -> set[tuple[str, Labels, float]]:
    return {(name, point.labels, point.value) for name in NAMES for point in store.latest(Selector(name), wall_clock())}


async def agree(server: PrometheusServer, store: Store, *, without: str, count: int) -> None:
    """Return once both have the same present with so many series; the difference fails the test."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SECONDS
    while True:
        one, other = ours(store), await asyncio.to_thread(theirs, server)
        if one == other and len(one) == count and without not in str(one):
            return
        if loop.time() > deadline:
            pytest.fail(f"only here {sorted(one - other)}\nonly there {sorted(other - one)}\nin all {len(one)}")
        await asyncio.sleep(0.2)


def test_the_same_series_come_and_go(prometheus: StartPrometheus) -> None:
    async def play() -> None:
        pages, store = Pages(), Store()
        pages.answer = PAGE
        async with serving(pages) as address, Scraper(store) as scraper:
            server = await asyncio.to_thread(lambda: prometheus(config=config(address)))
            scraper.watch(targets(address))
            await agree(server, store, without="nothing", count=2 * 16)
            pages.answer = LATER
            await agree(server, store, without="soon", count=2 * 15)
            pages.answer = pages.broken
            await agree(server, store, without="h_count", count=2 * 2)
            pages.answer = PAGE
            await agree(server, store, without="nothing", count=2 * 16)

    asyncio.run(play())
