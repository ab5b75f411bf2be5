"""Tables that are no tables, and several of them together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from slo.table.document import MAX_BYTES, MAX_NODES, parse
from slo.table.load import load
from tests.servers import PROJECT
from tests.slo.rows import HEAD, LATENCY, PROMQL, RATIO, SLICE, changed, table
from tests.slo.test_load import faults

NO_WINDOW = "a slice is compared as it stands, over no window"
NO_RATE = "`held` is for gauges; a rate looks back by itself"


@pytest.mark.parametrize(
    ("row", "old", "new", "expected"),
    [
        (SLICE, "for: 15m", "for: 15m\n      window: 10m", f"t.yaml:22: slos[0].alert.window: {NO_WINDOW}"),
        (SLICE, "reduce: sum,", "reduce: sum, rate: 5m, held: 5m,", f"t.yaml:17: slos[0].indicator.gate: {NO_RATE}"),
        (SLICE, '"> 3"', "3", "t.yaml:16: slos[0].indicator.good: '3' is not a bound such as '> 50' or '<= 0.1'"),
        (SLICE, '"> 3"', '"= 3"', "t.yaml:16: slos[0].indicator.good: '= 3' is not a bound such as '> 50' or '<= 0.1'"),
        (SLICE, "reduce: min", "reduce: p95", "t.yaml:14: slos[0].indicator.reduce: is none of 'sum', 'avg'"),
        (SLICE, 'when: "> 0"', 'if: "> 0"', "t.yaml:17: slos[0].indicator.gate.if: unknown key"),
        (PROMQL, "stale[$window]", "stale[5m]", ""),
        (PROMQL, "[$window]", "[$window", "t.yaml:13: slos[0].indicator.error_ratio: "),
    ],
)  # fmt: skip
def test_a_fault_of_a_slice_or_expression_is_named(row: str, old: str, new: str, expected: str) -> None:
    content = table(changed(row, (old, new)))
    if expected:
        assert any(fault.startswith(expected) for fault in faults(t=content))
    else:
        assert load({"t.yaml": content})


def test_an_expression_without_window_is_refused() -> None:
    content = table(PROMQL.replace("$window", "5m"))
    message = "no $window in the expression: it would be the same over every window"
    assert faults(t=content) == [f"t.yaml:13: slos[0].indicator.error_ratio: {message}"]


@pytest.mark.parametrize("expression", ["'\"$window\"'", "stale[$window]", "1 + $window"])
def test_an_expression_that_is_no_instant_vector_is_refused(expression: str) -> None:
    head, _, tail = PROMQL.partition("sum(rate(stale[$window])) / sum(rate(prices[$window]))")
    (fault,) = faults(t=table(f"{head}{expression}{tail}"))
    assert fault.startswith("t.yaml:13: slos[0].indicator.error_ratio: expected type vector")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "t.yaml:1: the file is empty"),
        (b"# nothing\n", "t.yaml:1: the file is empty"),
        (b"area: shop\nslos: [\n", "t.yaml:3: expected the node content, but found '<stream end>'"),
        (b"area: shop\n\tslos: []\n", "t.yaml:2: found character '\\t' that cannot start any token"),
        (b"- area\n", "t.yaml:1: must be a mapping"),
        (b"area: shop\n", "t.yaml:1: slos: is missing"),
        (b"area: shop\nslos: []\n", "t.yaml:2: slos: needs at least 1"),
        (b"area: shop\nslos: {}\n", "t.yaml:2: slos: must be a list"),
        (b"area: shop\nslos: [5]\n", "t.yaml:2: slos[0]: must be a mapping"),
        (b"area: shop\n? [a]\n: b\n", "t.yaml:2: a key must be text"),
        (b"area: shop\n---\narea: shop\n", "t.yaml:2: but found another document"),
        (b"area: shop\nslos: *x\n", "t.yaml:2: aliases have no place in a table"),
        (b"area: shop\nslos: !!seq []\n", "t.yaml:2: tags have no place in a table"),
        (b"%TAG !e! " + b"a" * 100_000 + b"\n---\n- !e!b x\n", "t.yaml:3: tags have no place in a table"),
        (b"area: shop\nslos: " + b"[" * 5000, "t.yaml:2: nested deeper than 12 levels"),
        (b"area: shop\nslos: [" + b"[1]," * 20 + b"[" * 11, "t.yaml:2: nested deeper than 12 levels"),
        (b"area: shop\nslos: [" + b"0," * MAX_NODES, f"t.yaml:2: more than {MAX_NODES} keys and values"),
        (b"area: sh\xffp\n", "t.yaml:1: not UTF-8"),
        (b'area: shop\nname: "\\U00110000"\n', "t.yaml:2: a number that is too large"),
        (b'area: shop\nname: "\\UFFFFFFFF"\n', "t.yaml:2: a number that is too large"),
        (b"%YAML 1." + b"1" * 5000 + b"\n--- {}\n", "t.yaml:1: a number that is too large"),
        (b"area: shop\nname: \x00\n", "t.yaml:2: a character that YAML does not allow"),
        (b"#" * (MAX_BYTES + 1), f"t.yaml:1: larger than {MAX_BYTES} bytes"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_table_is_refused_with_its_line(content: bytes, expected: str) -> None:
    assert faults(t=content) == [expected]


def test_the_largest_table_that_is_allowed_is_read() -> None:
    good = table(RATIO)
    assert load({"t.yaml": good + b"#" * (MAX_BYTES - len(good))})


def test_every_fault_of_every_row_and_file_is_told_at_once() -> None:
    one = changed(RATIO, ("99.9%", "99.9"), ("for: 5m", "for: soon"), ("total:", "totall:"))
    two = changed(LATENCY, ("threshold: 500ms", "threshold: 300ms"), ("slower_than: 1s", "slower_than: 1h"))
    assert [fault.split(": ")[0:2] for fault in faults(b=table(one, two), a=b"")] == [
        ["b.yaml:6", "slos[0].objective"],
        ["b.yaml:11", "slos[0].indicator.total"],
        ["b.yaml:14", "slos[0].indicator.totall"],
        ["b.yaml:18", "slos[0].alert.for"],
        ["b.yaml:33", "slos[1].indicator.threshold"],
        ["b.yaml:37", "slos[1].alert.slower_than"],
        ["a.yaml:1", "the file is empty"],
    ]


def test_every_fault_of_one_indicator_is_told_at_once() -> None:
    row = changed(LATENCY, ("order_seconds", "order_seconds_sum"), ("unit: s", "unit: us"), ("[0.1, 0.5", "[0.5, 0.1"))
    assert [fault.partition(": ")[2] for fault in faults(t=table(row))] == [
        "slos[0].indicator.histogram: name the histogram itself, order_seconds",
        "slos[0].indicator.unit: is none of 's' or 'ms'",
        "slos[0].indicator.buckets: bounds must ascend",
    ]


def test_a_misspelt_list_of_rows_is_recognized() -> None:
    assert faults(t=b"area: shop\nslo: []\n") == [
        "t.yaml:1: slos: is missing",
        "t.yaml:2: slo: unknown key; did you mean slos?",
    ]


def test_a_row_is_not_blamed_for_the_area_of_its_table() -> None:
    content = table(RATIO).replace(b"area: shop", b"area: The Shop")
    assert faults(t=content) == ["t.yaml:1: area: does not match ^[a-z]([a-z0-9-]*[a-z0-9])?$"]


def test_ids_and_alert_names_are_unique_within_and_across_files() -> None:
    same_names = changed(SLICE, ("StaffMissing", "OrdersFailing"), ("name: Staff", "name: Availability"))
    assert faults(a=table(RATIO, same_names), b=table(changed(LATENCY, ("S2", "S3")))) == [
        "a.yaml:21: slos[1].name: alert 'ShopAvailabilityErrorBudgetBurnPage' is taken by a.yaml:4",
        "a.yaml:36: slos[1].alert.name: alert 'OrdersFailing' is taken by a.yaml:16",
        "b.yaml:3: slos[0].id: id 'S3' is taken by a.yaml:20",
    ]


def test_ids_that_kubernetes_could_not_tell_apart_are_one() -> None:
    ratio, latency = changed(RATIO, ("id: S1", "id: S_1")), changed(LATENCY, ("id: S2", "id: s-1"))
    assert faults(t=table(ratio, latency)) == ["t.yaml:20: slos[1].id: id 's-1' is taken by t.yaml:3"]
    (fault,) = faults(t=table(changed(RATIO, ("id: S1", "id: S_"))))
    assert fault.startswith("t.yaml:3: slos[0].id: does not match")


def test_a_repeated_id_is_told_even_where_the_row_has_other_faults() -> None:
    broken = changed(RATIO, ("99.9%", "high"), ("name: Avail", "name: Un"), ("OrdersFailing", "OrdersLost"))
    assert faults(t=table(RATIO, broken)) == [
        "t.yaml:20: slos[1].id: id 'S1' is taken by t.yaml:3",
        "t.yaml:23: slos[1].objective: 'high' is not a number",
    ]


def test_the_byte_order_mark_of_an_editor_is_no_fault() -> None:
    assert load({"t.yaml": b"\xef\xbb\xbf" + (HEAD + RATIO).encode()})


def scalars(node: yaml.Node, line: int) -> Iterator[tuple[str, int]]:
    """Texts and their lines in the order of the document; a value has the line of its key."""
    match node:
        case yaml.MappingNode():
            for key, value in node.value:
                yield from scalars(value, key.start_mark.line + 1)
        case yaml.SequenceNode():
            for item in node.value:
                yield from scalars(item, item.start_mark.line + 1)
        case _:
            yield node.value, line


@pytest.mark.parametrize("path", sorted((PROJECT / "slo/catalog").glob("*.yaml")), ids=lambda path: path.stem)
def test_texts_and_lines_are_those_that_the_slower_parser_sees(path: Path) -> None:
    content = path.read_bytes()
    told = [(node.value, node.line) for _, node in parse(content).walk() if isinstance(node.value, str)]
    root = yaml.compose(content, yaml.SafeLoader)
    assert root is not None
    assert told == [*scalars(root, 1)]
