"""native.exposition against prometheus_client, memchr and memcpy: `python -m bench.exposition`."""

import random
import sys
from array import array
from collections.abc import Callable, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bench.runner.measure import Candidates, Floor, Race, Report, arguments
from bench.runner.memory import limits
from native.exposition import Exposition, Family, Labels, Layout, Limits, Sample, kernel, parse, render, twin

CAPTURES = Path(__file__).parents[1] / "tests" / "data" / "captures"
PAGES = {
    "vLLM": CAPTURES / "vllm" / "during_load_08.prom",
    "Milvus": CAPTURES / "milvus" / "after_load_metrics.prom",
    "node_exporter": CAPTURES / "other" / "node_exporter_metrics.prom",
}
CLIENT, KERNEL, TWIN = "prometheus_client", "native.exposition", "its Python twin"
SCAN = "  of it the scan alone"
KNOWN = "native.exposition, known layout"


class Fixed:
    """A collector whose metrics never change."""

    def __init__(self, metrics: list[Metric]) -> None:
        """Keep them."""
        self.metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        return self.metrics


def comparable(name: str, labels: dict[str, str], value: float) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """A sample, but for what prometheus_client changes: counters get a `_total`, labels are sorted."""
    return name.removesuffix("_total"), tuple(sorted(labels.items())), repr(float(value))


def by_client(body: bytes) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """The samples that prometheus_client finds."""
    metrics = text_string_to_metric_families(body.decode())
    return [comparable(s.name, s.labels, s.value) for metric in metrics for s in metric.samples]


def by_us(page: Exposition) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """The samples that native.exposition finds."""
    return [comparable(s.name, dict(s.labels), s.value) for s in page.samples()]


def race_parse(report: Report, label: str, body: bytes, rounds: int) -> None:
    """Page to columns."""
    text = body.decode()
    bounds = Limits()
    wide = (bounds.body_bytes, bounds.lines, bounds.line_bytes, bounds.series, bounds.labels, 0)
    columns = kernel.scan(body, *wide)
    assert by_us(parse(body)) == by_client(body)
    assert columns == twin.scan(body, *wide)
    known = parse(body)
    assert kernel.rescan(body, body, *known.layout, bounds.body_bytes, bounds.line_bytes) == columns
    candidates: Candidates = {
        CLIENT: lambda: list(text_string_to_metric_families(text)),
        TWIN: lambda: twin.scan(body, *wide),
        KERNEL: lambda: parse(body),
        KNOWN: lambda: parse(body, known=known),
        SCAN: lambda: kernel.scan(body, *wide),
        "  of it the page object": lambda: Exposition(body, columns[2:]),
    }
    race = Race.run(f"parse {label}, {len(parse(body))} samples", {**candidates, **limits(body)}, rounds)
    report.race(race, len(body))
    report.fact("of memchr, absent byte", 100 * race.ratio("memchr, absent byte", KERNEL), "%")
    report.fact("of memchr, line by line", 100 * race.ratio("memchr, line by line", KERNEL), "%")
    report.fact("of memcpy", 100 * race.ratio("memcpy", KERNEL), "%")
    report.fact("twin against prometheus_client", race.ratio(CLIENT, TWIN), "x")
    report.floor(Floor(f"parse {label} against prometheus_client", race.ratio(CLIENT, KERNEL), 150, 350))
    report.floor(Floor(f"parse {label} of known layout against it", race.ratio(CLIENT, KNOWN), 400, 600))


def race_render(report: Report, label: str, families: list[Family], rounds: int) -> None:
    """Numbers to page."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Fixed([as_metric(family) for family in families]))
    layout = Layout.of(families)
    values = array("d", [sample.value for family in families for sample in family.samples])
    body = render(layout, values)
    assert by_us(parse(body)) == by_us(parse(generate_latest(registry)))
    assert parse(body).values.tobytes() == values.tobytes()
    view = memoryview(values).cast("B").cast("d")
    assert body == twin.render(layout.text, layout.ends, view)
    candidates: Candidates = {
        CLIENT: lambda: generate_latest(registry),
        TWIN: lambda: twin.render(layout.text, layout.ends, view),
        KERNEL: lambda: render(layout, values),
    }
    race = Race.run(f"render {label}, {len(values)} samples", {**candidates, **limits(body)}, rounds)
    report.race(race, len(body))
    report.fact("of memcpy", 100 * race.ratio("memcpy", KERNEL), "%")
    report.fact("per sample", race.median(KERNEL) / len(values) * 1e9, "ns")
    report.fact("twin against prometheus_client", race.ratio(CLIENT, TWIN), "x")
    report.floor(Floor(f"render {label} against prometheus_client", race.ratio(CLIENT, KERNEL), 150, 300))


def as_metric(family: Family) -> Metric:
    """The same family in prometheus_client's terms."""
    metric = Metric(family.name, family.help, "unknown" if family.type == "untyped" else family.type)
    for sample in family.samples:
        metric.add_sample(sample.name, dict(sample.labels), sample.value)
    return metric


def captured(body: bytes) -> list[Family]:
    """The families of a page with their samples."""
    page = parse(body)
    samples = tuple(page.samples())
    return [Family(f.name, f.type, f.help, samples[f.first : f.first + f.count]) for f in page.families]


def identity(gpu: int) -> Labels:
    """The labels of a GPU, as the exporter gives them."""
    return (
        ("gpu", f"{gpu}"),
        ("UUID", f"GPU-{gpu:08x}-0000-0000-0000-000000000000"),
        ("pci_bus_id", f"00000000:{gpu:02X}:00.0"),
        ("device", f"nvidia{gpu}"),
        ("modelName", "NVIDIA H200"),
        ("Hostname", "node-1"),
    )


def gauges(count: int) -> list[Family]:
    """Half random gauges, a third whole numbers, the rest short fractions: digits as dear as they get."""
    draw = random.Random(count)
    makers: list[Callable[[], float]] = [
        draw.random,
        draw.random,
        lambda: draw.randrange(10**7),
        lambda: draw.randrange(100) / 4,
    ]
    families = []
    for number in range(count // 25):
        name = f"EMBERLINE_BENCH_GPU_METRIC_{number}"
        chosen = enumerate(draw.choices(makers, k=25))
        samples = tuple(Sample(name, identity(gpu), float(maker())) for gpu, maker in chosen)
        families.append(Family(name, "gauge", "A gauge of the benchmark.", samples))
    return families


def main() -> int:
    """Every race; 1 where a floor was missed."""
    chosen = arguments("exposition")
    if not kernel.COMPILED:
        print("native.exposition is not compiled here: there is nothing to measure", file=sys.stderr)
        return 1
    report = Report("exposition")
    for label, path in PAGES.items():
        race_parse(report, label, path.read_bytes(), chosen.rounds)
    for label in ("vLLM", "Milvus"):
        race_render(report, label, captured(PAGES[label].read_bytes()), chosen.rounds)
    for count in (500, 5000):
        race_render(report, "gauges", gauges(count), chosen.rounds)
    return report.close(chosen.json)


if __name__ == "__main__":
    sys.exit(main())
