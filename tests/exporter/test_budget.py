from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from exporter.budget import Budget, Reason, select
from exporter.page import Page
from native.exposition import Family, Layout, Sample, parse
from tests.exporter.web.site import Gpus, gauge

SMALL = Budget(series=4, labels=2, label_bytes=8)


def family(name: str, *labels: tuple[tuple[str, str], ...]) -> Family:
    return Family(name, "gauge", "", tuple(Sample(name, each, 1.0) for each in labels))


def kept(*families: Family, budget: Budget = SMALL) -> tuple[list[tuple[str, object]], Counter[Reason]]:
    selection = select(families, budget)
    found = selection.of(families)
    return [(it.name, it.labels) for each in found for it in each.samples], selection.dropped


def test_the_last_families_go_first() -> None:
    found, dropped = kept(family("a", (), (("x", "1"),)), family("b", (), (("x", "1"),)), family("c", ()))
    assert found == [("a", ()), ("a", (("x", "1"),)), ("b", ()), ("b", (("x", "1"),))]
    assert dropped == {"series": 1}


def test_bounds_are_kept_and_what_is_beyond_is_counted_by_reason() -> None:
    at, beyond = (("x", "12345678"),), (("x", "123456789"),)
    found, dropped = kept(family("a", at, beyond, (("x", "ééééé"),), (("p", ""), ("q", ""), ("r", "")), at))
    assert found == [("a", at)]
    assert dropped == {"label_value": 2, "labels": 1, "duplicate": 1}


def test_the_order_of_labels_makes_no_new_series() -> None:
    found, dropped = kept(family("a", (("x", "1"), ("y", "2")), (("y", "2"), ("x", "1"))))
    assert (len(found), dropped) == (1, {"duplicate": 1})


def test_a_second_family_of_a_name_is_a_duplicate() -> None:
    found, dropped = kept(family("a", ()), family("b", ()), family("a", (("x", "1"),)))
    assert (found, dropped) == ([("a", ()), ("b", ())], {"duplicate": 1})


def test_what_no_page_can_hold_is_invalid() -> None:
    twice, empty, surrogate = (("x", "1"), ("x", "2")), (("", "1"),), (("x", "\ud800"),)
    found, dropped = kept(family("a", twice, empty, surrogate, (("__name__", "b"),), ()), family("", ()))
    assert (found, dropped) == ([("a", ())], {"invalid": 5})


def test_families_without_samples_stay_and_emptied_ones_go() -> None:
    nothing, emptied = family("a"), family("b", (("x", "123456789"),))
    assert [it.name for it in select((nothing, emptied), SMALL).of((nothing, emptied))] == ["a"]


def test_the_metrics_of_the_exporter_itself_are_never_dropped() -> None:
    text = Page(Gpus(gauge(count=10)), (), Budget(series=3)).render().decode()
    assert text.count("\ng{") == 3
    assert "\nemberline_build_info{" in text
    assert 'emberline_exporter_series_dropped_total{reason="series"} 7\n' in text


def test_nobody_else_uses_a_name_of_the_exporter_itself() -> None:
    text = Page(Gpus(gauge("process_cpu_seconds_total"), gauge()), ()).render().decode()
    assert text.count("# TYPE process_cpu_seconds_total ") == 1
    assert 'emberline_exporter_series_dropped_total{reason="duplicate"} 1\n' in text
    assert "\ng{" in text


texts = st.text(st.sampled_from('ab\n\\"é\ud800'), max_size=4)
samples = st.lists(st.lists(st.tuples(texts, texts), max_size=3).map(tuple), max_size=6)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "a_sum", ""]), samples), max_size=4))
def test_whatever_is_held_the_page_can_be_spelt_and_holds_no_series_twice(
    given: list[tuple[str, list[tuple[tuple[str, str], ...]]]],
) -> None:
    families = [family(name, *labels) for name, labels in given]
    selection = select(families, SMALL)
    found = selection.of(families)
    Layout.of(found)
    keys = [(it.name, frozenset(it.labels)) for each in found for it in each.samples]
    assert len(keys) == len(set(keys)) <= SMALL.series
    assert len(keys) + selection.dropped.total() == sum(len(each.samples) for each in families)
    assert select(families, SMALL) == selection


def test_the_page_at_its_bounds_can_be_read_back() -> None:
    budget = Budget()
    widest = tuple((f"label_{number}", "x" * budget.label_bytes) for number in range(8))
    body = Page(Gpus(family("a", widest)), (), budget).render()
    assert len(parse(body)) > 1
