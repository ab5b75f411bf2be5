"""Laws of the compatible page: what promtool says of it, that it parses whatever is asked for, and what it costs."""

import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from exporter.dcgm.catalogue import BY_NAME, FIELDS
from exporter.dcgm.counters import parse
from exporter.dcgm.device import Events
from exporter.dcgm.page import Compatible
from exporter.dcgm.style import Style
from exporter.metric import gather
from native.exposition import encode
from native.exposition import parse as parse_page
from tests.exporter.dcgm.shown import EVERYTHING, NODE, counters, gpu, page, series

# What promtool says of the names and types of upstream, which stay as they are under its names.
OF_ALL = "label names should be written in 'snake_case' not 'camelCase'"  # modelName
OF_COUNTERS = 'counter metrics should have "_total" suffix'  # to promtool _TOTAL is none
OF_SOME = {
    "DCGM_FI_DEV_PCIE_REPLAY_COUNTER": "metric name should not include type 'counter'",
    "DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP_NS": "metric names should not contain abbreviated units",
    "DCGM_FI_DEV_CLOCKS_EVENT_REASON_SYNC_BOOST_NS": "metric names should not contain abbreviated units",
    "DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN_NS": "metric names should not contain abbreviated units",
    "DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN_NS": "metric names should not contain abbreviated units",
    "DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN_NS": "metric names should not contain abbreviated units",
}


def test_promtool_finds_exactly_the_faults_of_upstream(promtool: Path) -> None:
    shown = [field for field in FIELDS if field.served]
    events = Events(xid_totals={31: 1}, clock_event_totals={"gpu_idle": 1})
    text = page([gpu(events=events)], *(f"{field.legacy}, {field.type}" for field in shown))
    metrics = [field for field in shown if field.type != "label"]
    assert len({name for name, _ in series(text)}) == len(metrics)
    expected = [f"{field.legacy} {OF_ALL}" for field in metrics]
    expected += [f"{field.legacy} {OF_COUNTERS}" for field in metrics if field.type == "counter"]
    expected += [f"{name} {fault}" for name, fault in OF_SOME.items()]
    checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    assert (checked.returncode, sorted(checked.stderr.splitlines())) == (3, sorted(expected))


ROWS = st.lists(st.sampled_from(sorted(BY_NAME)), unique=True, max_size=20)
STYLE = st.builds(
    Style,
    names=st.sampled_from(["as-written", "legacy", "dcgm-4.6", "both"]),
    hostname_label=st.sampled_from(["Hostname", "hostname", None]),
    dashes=st.booleans(),
)


@given(ROWS, ROWS, STYLE, st.sets(st.sampled_from(sorted(EVERYTHING))), st.text(max_size=5))
def test_no_file_and_no_style_makes_a_page_that_does_not_parse(
    metrics: list[str], texts: list[str], style: Style, missing: set[str], odd: str
) -> None:
    rows = [f"{name},gauge,h" for name in metrics] + [f"{name},label,h" for name in texts if name not in metrics]
    found = parse("\n".join(rows), "c.csv")
    values = {name: number for name, number in EVERYTHING.items() if name not in missing}
    devices = [gpu(0, values=values, model=odd), gpu(1, values=values, texts={"serial": odd}, last_xid=31)]
    points = list(Compatible(found, style).points(NODE, devices))
    parsed = parse_page(encode(gather(points)))
    assert len(parsed.values) == len(points)
    assert len({(point.metric.name, point.labels) for point in points}) == len(points)
    assert all(len(dict(point.labels)) == len(point.labels) for point in points)


def test_eight_gpus_have_every_default_counter() -> None:
    devices, compatible = [gpu(index) for index in range(8)], Compatible(counters(), Style())
    assert len(list(compatible.points(NODE, devices))) == 8 * 25
