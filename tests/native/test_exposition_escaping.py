"""The cases of prometheus/common's TestEscapeName and TestEscapeMetricFamily, and names that would fall together."""

import pytest

from native.exposition import Escaping, Family, Layout, Sample, encode
from native.exposition.escaping import escape_name, label_names, metric_names

# Name, and its spelling in each scheme.
UPSTREAM = [
    ("", "", "", ""),
    ("no:escaping_required", "no:escaping_required", "no:escaping__required", "no:escaping_required"),
    ("mysystem.prod.west.cpu.load", "mysystem_prod_west_cpu_load", "mysystem_dot_prod_dot_west_dot_cpu_dot_load",
     "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load"),
    ("mysystem.prod.west.cpu.load_total", "mysystem_prod_west_cpu_load_total",
     "mysystem_dot_prod_dot_west_dot_cpu_dot_load__total", "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load__total"),
    ("http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"),
    ("label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"),
    ("花火", "__", "____", "U___82b1__706b_"),
    ("label with \u0100", "label_with__", "label__with____", "U__label_20_with_20__100_"),
    ("0a", "_a", "__a", "U___30_a"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "underscores", "dots", "values"), UPSTREAM, ids=[row[0] for row in UPSTREAM])
def test_names_are_spelt_as_upstream_spells_them(name: str, underscores: str, dots: str, values: str) -> None:
    assert escape_name(name, "underscores") == underscores
    assert escape_name(name, "dots") == dots
    assert escape_name(name, "values") == values
    assert escape_name(name, "allow-utf-8") == name


# Scheme, name, label, and the key.
KEYS: list[tuple[Escaping, str, str, bytes]] = [
    ("values", "my_metric", "some_label", b'my_metric{some_label="x"}'),
    ("values", "my_metric", "some.label", b'my_metric{U__some_2e_label="x"}'),
    ("values", "my.metric", "some?label", b'U__my_2e_metric{U__some_3f_label="x"}'),
    ("dots", "unicode.and.dots.花火", "some_label", b'unicode_dot_and_dot_dots_dot_____{some_label="x"}'),
    ("dots", "my_metric", "some.label_x", b'my_metric{some_dot_label__x="x"}'),
    ("underscores", "my.metric", "a:b", b'my_metric{a_b="x"}'),
    ("values", "my:metric", "a:b", b'my:metric{U__a_3a_b="x"}'),
    ("allow-utf-8", "my.metric", "a:b", b'{"my.metric","a:b"="x"}'),
]


@pytest.mark.parametrize(("scheme", "name", "label", "key"), KEYS)
def test_classic_names_of_families_and_labels_stay(scheme: Escaping, name: str, label: str, key: bytes) -> None:
    page = encode([Family(name, "gauge", "", (Sample(name, ((label, "x"),)),))], escaping=scheme)
    assert page.splitlines()[1] == key + b" 0"


@pytest.mark.parametrize("scheme", ["underscores", "dots"])
def test_names_that_would_fall_together_are_spelt_by_their_values(scheme: Escaping) -> None:
    classic = escape_name("a.b", scheme)
    assert metric_names(["a.b", classic], scheme) == {"a.b": "U__a_2e_b", classic: classic}
    assert metric_names(["é", "ü"], scheme) == {"é": escape_name("é", scheme), "ü": "U___fc_"}


def test_no_label_is_called_as_the_metric_name() -> None:
    assert label_names([".é_name..", "x"], "underscores") == {".é_name..": "___name__", "x": "x"}
    assert label_names(["._name._"], "underscores") == {"._name._": "U___2e___name_2e___"}


def test_labels_of_one_family_stay_apart() -> None:
    samples = (Sample("a", (("b.c", "x"),)), Sample("a", (("b_c", "x"),)))
    assert encode([Family("a", "gauge", "", samples)]) == b'# TYPE a gauge\na{U__b_2e_c="x"} 0\na{b_c="x"} 0\n'


def test_a_name_that_is_spelt_as_another_one_is_refused() -> None:
    families = [Family(name, "gauge") for name in ("é", "ü", "U___fc_")]
    with pytest.raises(ValueError, match="'ü' cannot be told from another name once it is escaped"):
        Layout.of(families)
