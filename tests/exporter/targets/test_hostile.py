"""Whatever a server answers, the page stays one that Prometheus can read."""

import json
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.metric import gather
from exporter.targets import milvus, vllm
from exporter.targets.answer import Answer, Script, Verdict
from exporter.targets.collections import collections
from native.exposition import encode
from tests.exporter.targets.asked import TARGET

NAMES = st.one_of(st.text(max_size=20), st.sampled_from(["a", "\ud800", 'q"\\\n', "x" * 600]))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), NAMES)
KEYS = st.sampled_from(["code", "data", "detail", "state", "id", "name", "message", "load", "rowCount"])
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
ENTRIES = st.lists(st.fixed_dictionaries({}, optional={"id": NAMES, "name": NAMES, "code": st.integers(0, 4)}))
LIKELY = st.fixed_dictionaries(
    {}, optional={"code": st.sampled_from([0, 200, 100]), "data": ENTRIES | st.lists(NAMES) | DOCUMENTS,
                  "detail": ENTRIES, "state": st.sampled_from(["OK", "no"])}
)  # fmt: skip
BODIES = st.one_of(st.binary(max_size=60), (LIKELY | DOCUMENTS).map(lambda document: json.dumps(document).encode()))
ANSWERS = st.builds(Answer, st.sampled_from([200, 200, 200, 302, 404, 500]), BODIES)
SCRIPTS = [vllm.health, vllm.models, vllm.metrics, milvus.health, milvus.metrics, collections]


def answered(script: Script, answers: list[Answer]) -> Verdict:
    """The verdict when these answers come round and round; it is reached after a bounded number of requests."""
    request = next(script)
    try:
        for answer in islice(cycle(answers), 200):
            assert request.url.startswith("http://t/")
            request = script.send(answer)
    except StopIteration as end:
        found: Verdict = end.value
        return found
    pytest.fail("the script asks for ever")


@pytest.mark.parametrize("script", SCRIPTS)
@given(answers=st.lists(ANSWERS, min_size=1, max_size=8))
def test_no_answer_can_spoil_the_page(script: Callable[[str], Script], answers: list[Answer]) -> None:
    page = encode(gather(answered(script("http://t"), answers).points(TARGET))).decode()
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    series = [(sample.name, *sorted(sample.labels.items())) for sample in samples]
    assert len(set(series)) == len(series)
