"""Pages written in OpenMetrics: prometheus_client's parser reads them, and promtool finds nothing wrong with them."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from native.exposition import Escaping, Family, FamilyType, Labels, Layout, Sample, encode, parse
from native.exposition.spelling import canonical

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
PAGES = sorted(CAPTURES.glob("*/*.prom"))
NEGATIVE = {"milvus_meta_kv_size"}
"""A histogram of Milvus with a negative sum, which OpenMetrics forbids."""
WORKER: Labels = (("worker.id", 'a"b\\c\nd'),)

FAMILIES = (
    Family("cpu_seconds_total", "counter", 'Time "spent".\\\n', (Sample("cpu_seconds_total", WORKER, 2e6),), "seconds"),
    Family("DCGM_FI_DEV_ENERGY", "counter", "A counter without the ending.", (Sample("DCGM_FI_DEV_ENERGY", (), 3.0),)),
    Family("temperature_celsius", "gauge", "", (Sample("temperature_celsius", (), float("nan"), 1395066363123),),
           "celsius"),
    Family("latency", "histogram", "x", (
        Sample("latency_bucket", (("le", "1"),), 1.0), Sample("latency_bucket", (("le", "1000000"),), 2.0),
        Sample("latency_bucket", (("le", "+Inf"),), 2.0), Sample("latency_count", (), 2.0),
        Sample("latency_sum", (), 0.5))),
    Family("depth", "gaugehistogram", "x", (
        Sample("depth_bucket", (("le", "+Inf"),), 2.0), Sample("depth_gcount", (), 2.0),
        Sample("depth_gsum", (), 1.0))),
    Family("size", "summary", "x", (Sample("size", (("quantile", "1"),), 4.0), Sample("size_count", (), 1.0),
                                    Sample("size_sum", (), 4.0))),
    Family("build_info", "info", "x", (Sample("build_info", (("version", "1"),), 1.0),)),
    Family("state", "stateset", "x", (Sample("state", (("state", "ok"),), 1.0), Sample("state", (("state", "bad"),)))),
    Family("any.thing", "untyped", "x", (Sample("any.thing", (("quantile", "1"),), 1.0),)),
)  # fmt: skip


def test_a_page_in_openmetrics() -> None:
    assert encode(FAMILIES[:4], "openmetrics").decode() == (
        '# HELP cpu_seconds Time \\"spent\\".\\\\\\n\n'
        "# TYPE cpu_seconds counter\n"
        "# UNIT cpu_seconds seconds\n"
        'cpu_seconds_total{worker_id="a\\"b\\\\c\\nd"} 2e+06\n'
        "# HELP DCGM_FI_DEV_ENERGY A counter without the ending.\n"
        "# TYPE DCGM_FI_DEV_ENERGY unknown\n"
        "DCGM_FI_DEV_ENERGY 3\n"
        "# TYPE temperature_celsius gauge\n"
        "# UNIT temperature_celsius celsius\n"
        "temperature_celsius NaN 1395066363.123\n"
        "# HELP latency x\n"
        "# TYPE latency histogram\n"
        'latency_bucket{le="1.0"} 1\n'
        'latency_bucket{le="1e+06"} 2\n'
        'latency_bucket{le="+Inf"} 2\n'
        "latency_count 2\n"
        "latency_sum 0.5\n"
        "# EOF\n"
    )


def test_no_families_are_the_end_alone() -> None:
    assert encode([], "openmetrics") == b"# EOF\n"


def test_text_has_gauges_for_infos_and_statesets_and_no_units() -> None:
    page = encode([*FAMILIES[6:8], FAMILIES[0]]).decode()
    assert [line for line in page.splitlines() if line.startswith(("# TYPE", "# UNIT"))] == [
        "# TYPE build_info gauge",
        "# TYPE state gauge",
        "# TYPE cpu_seconds_total counter",
    ]


@pytest.mark.parametrize("escaping", ["allow-utf-8", "underscores", "dots", "values"])
def test_prometheus_client_reads_the_same_families(escaping: Escaping) -> None:
    body = encode(FAMILIES, "openmetrics", escaping)
    theirs = list(text_string_to_metric_families(body.decode()))  # type: ignore[no-untyped-call]
    ours = parse(body, format="openmetrics")
    assert [(f.name, f.type, f.documentation, f.unit) for f in theirs] == [
        (f.name, "unknown" if f.type == "untyped" else f.type, f.help, f.unit) for f in ours.families
    ]
    assert [(s.name, tuple(s.labels.items()), repr(float(s.value))) for f in theirs for s in f.samples] == [
        (s.name, s.labels, repr(s.value)) for s in ours.samples()
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_prometheus_client_reads_captured_pages_written_anew(path: Path) -> None:
    """All but the times of creation: as gauges of the text format they clash with the parts of their own families."""
    page = parse(path.read_bytes())
    samples = tuple(page.samples())
    families = [
        Family(f.name, f.type, f.help, samples[f.first : f.first + f.count])
        for f in page.families
        if not f.name.endswith("_created") and f.name not in NEGATIVE
    ]
    samples = tuple(sample for family in families for sample in family.samples)
    body = encode(families, "openmetrics").decode()
    theirs = text_string_to_metric_families(body)  # type: ignore[no-untyped-call]
    assert [(s.name, s.labels, repr(float(s.value))) for f in theirs for s in f.samples] == [
        (s.name, {name: canonical(v) if name in {"le", "quantile"} else v for name, v in s.labels}, repr(s.value))
        for s in samples
    ]


def types(families: list[Family]) -> list[str]:
    page = encode(families, "openmetrics").decode()
    return [line.removeprefix("# TYPE ") for line in page.splitlines() if line.startswith("# TYPE")]


@pytest.mark.parametrize(
    ("families", "expected"),
    [
        ([("a", "gauge"), ("a_total", "counter")], ["a gauge", "a_total unknown"]),
        ([("a_total", "counter"), ("a_info", "info")], ["a counter", "a_info unknown"]),
        ([("_total", "counter")], ["_total unknown"]),
        ([("a", "info")], ["a unknown"]),
        ([("a_total", "counter"), ("a_created", "gauge")], ["a_total unknown", "a_created gauge"]),
        ([("a.b_total", "counter")], ["a_b counter"]),
        ([("a", "untyped")], ["a unknown"]),
    ],
)
def test_no_two_families_have_one_name(families: list[tuple[str, FamilyType]], expected: list[str]) -> None:
    assert types([Family(*family) for family in families]) == expected


BAD = [
    (Family("a_s", "gauge", unit="seconds"), "the unit 'seconds' is not the last word"),
    (Family("s", "gauge", unit="s"), "the unit 's' is not the last word"),
    (Family("a_s_info", "info", unit="s"), "or the type has none"),
    (Family("a\0", "gauge"), "its name has a NUL"),
    (Family("a", "gauge", "", (Sample("a", (("\0", ""),)),)), "has a NUL in it"),
    (Family("a", "gauge", "", (Sample("a", (), 1.0, 2**62 + 1),)), "no timestamp 4611686018427387905"),
    (Family("a", "gauge", "", (Sample("a", (), 1.0, -(2**63)),)), "no timestamp"),
]


@pytest.mark.parametrize(("family", "message"), BAD, ids=[row[1] for row in BAD])
def test_a_family_that_could_not_be_read_back_is_refused(family: Family, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Layout.of([family], "openmetrics")


def test_the_text_format_has_no_gaugehistogram() -> None:
    with pytest.raises(ValueError, match="the text format has no gaugehistogram"):
        Layout.of([FAMILIES[4]])


CANONICAL = {"1": "1.0", "5.0": "5.0", "1000000": "1e+06", ".5": "0.5", "-0": "0.0", "inf": "+Inf", "-Inf": "-Inf",
             "NaN": "NaN", "1e999": "1e999", "0x1p3": "0x1p3", "1_0": "1_0", " 1": " 1", "": "", "x": "x"}  # fmt: skip


@pytest.mark.parametrize("text", CANONICAL)
def test_bounds_have_one_spelling(text: str) -> None:
    assert canonical(text) == CANONICAL[text]


def test_promtool_finds_nothing_wrong(promtool: Path) -> None:
    """It reads text alone, which knows no `unknown` and no counter whose samples have another name."""
    families = [
        Family("a_seconds", f.type, "x", renamed(f, "a_seconds"), "seconds") for f in (FAMILIES[3], FAMILIES[5])
    ]
    for family in (*families, Family("a_celsius", "gauge", "x", (Sample("a_celsius"),), "celsius")):
        page = encode([family], "openmetrics")
        assert b"\n# UNIT a_" in page
        done = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, check=False, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def renamed(family: Family, name: str) -> tuple[Sample, ...]:
    return tuple(replace(sample, name=name + sample.name.removeprefix(family.name)) for sample in family.samples)
