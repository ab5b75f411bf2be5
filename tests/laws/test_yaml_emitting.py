"""Laws of the YAML emitter: a foreign reader gets back what was written, and its writer would have written the same."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from rules.emitter import emitted

WORDS = (
    *("", "~", "null", "yes", "NO", "on", "y", "N", "true", "False", "=", "<<", "-", "?", ":", "---", "...", "--- a"),
    *(
        "1",
        "-1",
        "0",
        "1_000",
        "1.5",
        ".5",
        "1.",
        "1e3",
        "1.5e+3",
        "0x1F",
        "0o17",
        "017",
        "0b1",
        "1:30",
        "190:20:30.15",
    ),
    *(".inf", "-.INF", ".nan", "2026-03-01", "2026-03-01T10:00:00Z", "2026-3-1 10:00:00", "5m", "1d", "1h30m", "3d_"),
    *("a: b", "a:b", "a:", ":a", "a #b", "a#b", "#a", "- a", "-a", "? a", " a", "a ", "a\t", "\ta", "a\tb", "'", '"'),
    *("it's", '"quoted"', "[a]", "{a}", "a, b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "a\\b", "{{ $value }}"),
    *(
        "a\nb",
        "a\nb\n",
        "a\n\nb\n\n",
        "\na",
        "\n",
        "\n\n",
        " a\nb",
        "a \nb",
        "a\n b",
        "a\nb ",
        "a\n\tb",
        "a\n# b",
        "a\r\nb",
    ),
    *(
        "a\n---\nb",
        "a\n...\nb",
        "a\n- b",
        "a: |\n  b",
        "\x00",
        "\x7f",
        "\x85",
        "a\x85b",
        "\xa0",
        "\u2028",
        "a\n\u2029b",
    ),
    *("ä", "漢字", "\ud7ff", "\ue000", "\ufeff", "\ufffe", "\U0001f600", "a\nä\U0001f600"),
)
texts = (
    st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=12) | st.text(" \n:#-'\"ax1", max_size=8)
)
numbers = st.from_regex(r"[-+.0-9:_eExX]{1,6}", fullmatch=True)
scalars = texts | numbers | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()


def documents(scalar: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings of mappings and lists of these scalars."""
    values = st.recursive(
        scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
    )
    return st.dictionaries(texts, values, max_size=3)


@given(documents(scalars))
def test_what_is_read_is_what_was_written(document: dict[str, Any]) -> None:
    assert yaml.safe_load(emitted(document)) == document


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_read_as_a_text(word: str) -> None:
    document = {word: [word, [word, {word: word}], {"key": word, "last": {word: [word]}}], "end": "a"}
    assert yaml.safe_load(emitted(document)) == document


def test_prometheus_reads_the_same_texts(promtool: Path, tmp_path: Path) -> None:
    """Go's reader knows other numbers and truth values than PyYAML; what it should find is told in JSON."""
    # JSON escapes what lies beyond U+FFFF as two halves, which no reader of YAML takes; templates would be filled in.
    words = {f"a{i}": word for i, word in enumerate(WORDS) if word and max(word) < "\U00010000" and "{{" not in word}
    rules = [{"alert": name, "expr": "vector(1)", "labels": {"word": word}} for name, word in words.items()]
    expected = [
        {"eval_time": "1m", "alertname": name, "exp_alerts": [{"exp_labels": {"word": word}}]}
        for name, word in words.items()
    ]
    tests = {"rule_files": ["rules.yaml"], "tests": [{"input_series": [], "alert_rule_test": expected}]}
    (tmp_path / "rules.yaml").write_text(emitted({"groups": [{"name": "a", "rules": rules}]}), encoding="utf-8")
    (tmp_path / "test.yaml").write_text(json.dumps(tests), encoding="utf-8")
    run = subprocess.run(
        [promtool, "test", "rules", tmp_path / "test.yaml"], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


class Dumper(yaml.SafeDumper):
    """The twin: PyYAML's writer with lists indented under their key and long texts in blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, _text)


def dumped(document: Any) -> str:  # noqa: ANN401  any document
    """What the twin writes."""
    return yaml.dump(document, Dumper=Dumper, sort_keys=False, width=2**31, allow_unicode=True)


lines = st.text("abz015md(){}[]=~\"'.*+/<>_,$| ", min_size=1, max_size=20).map(str.strip)
usual = lines.filter(bool) | st.lists(lines.filter(bool), min_size=2, max_size=3).map("\n".join)


@given(st.dictionaries(st.sampled_from(["expr", "labels", "slo", "5m"]), st.lists(usual | st.integers(), max_size=3)))
@example({"expr": ["a\n  b\n"]})
def test_usual_texts_are_written_as_the_twin_writes_them(document: dict[str, Any]) -> None:
    assert emitted(document) == dumped(document)
