"""Whatever a server answers, the page stays one that Prometheus can read."""

import json
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.metric import gather
from exporter.targets.answer import Answer, Script, Verdict
from exporter.targets.milvus import healthz, storage
from exporter.targets.milvus.collections import collections
from exporter.targets.vllm import canary, endpoints, load
from native.exposition import encode
from tests.exporter.targets.asked import TARGET

NAMES = st.sampled_from(["a", "a", "b", "\ud800", 'q"\\\n', "\x00", "ü"])
ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
CODES = st.sampled_from([0, 200])
MODELS = st.fixed_dictionaries({"data": st.lists(st.fixed_dictionaries({"id": NAMES}), min_size=1, max_size=3)})
COMPONENTS = st.lists(st.fixed_dictionaries({"name": NAMES, "code": st.integers(0, 4)}), max_size=3)
HEALTHZ = st.fixed_dictionaries({"state": NAMES, "detail": COMPONENTS})
NAMED = st.fixed_dictionaries({"code": CODES, "data": st.lists(NAMES, min_size=1, max_size=3)})
DESCRIBED = st.fixed_dictionaries({"code": CODES, "data": st.fixed_dictionaries({"load": ODD, "rowCount": ODD})})
VERSIONS = st.fixed_dictionaries({"version": NAMES})
SUNG = st.fixed_dictionaries({"usage": ODD | st.fixed_dictionaries({"prompt_tokens": ODD, "completion_tokens": ODD})})
FIRST_TOKEN = "vllm:time_to_first_token_seconds"  # noqa: S105 - a token of text
NAMES_OF_SERIES = st.sampled_from(
    [
        "vllm:num_requests_running",
        "vllm:request_success_total",
        f"{FIRST_TOKEN}_bucket",
        f"{FIRST_TOKEN}_sum",
        f"{FIRST_TOKEN}_count",
        "milvus_datacoord_stored_rows_num",
    ]
)
LABELS_OF_SERIES = st.dictionaries(
    st.sampled_from(["engine", "le", "finished_reason", "x"]),
    st.sampled_from(["0", "+Inf", "nan", "ü", ""]),
    max_size=3,
)
NUMBERS = st.sampled_from(["0", "1", "-3", "NaN", "+Inf", "1e300"])


def dumped(document: object) -> bytes:
    return json.dumps(document).encode()


def page(series: list[tuple[str, dict[str, str], str]]) -> bytes:
    ordered = sorted(series, key=lambda parts: not parts[0].startswith(FIRST_TOKEN))
    lines = (
        name + "{" + ",".join(f'{key}="{text}"' for key, text in labels.items()) + "} " + value
        for name, labels, value in ordered
    )
    return "\n".join([f"# TYPE {FIRST_TOKEN} histogram", *lines, ""]).encode()


PAGES = st.lists(st.tuples(NAMES_OF_SERIES, LABELS_OF_SERIES, NUMBERS), max_size=8).map(page)
SCRIPTS = [
    (endpoints.health, ODD.map(dumped)),
    (endpoints.models, MODELS.map(dumped)),
    (endpoints.version, VERSIONS.map(dumped)),
    (load.metrics, PAGES),
    (lambda url: canary.canary(url, "m"), SUNG.map(dumped)),
    (lambda url: healthz.health((url,)), HEALTHZ.map(dumped)),
    (storage.metrics, PAGES),
    (collections, (NAMED | DESCRIBED).map(dumped)),
]


def answers(likely: st.SearchStrategy[bytes]) -> st.SearchStrategy[Answer]:
    """Mostly what the script hopes for, with anything in it; at times anything at all."""
    hoped = st.builds(Answer, st.just(200), likely)
    anything = st.builds(Answer, st.sampled_from([200, 302, 404, 500]), ODD.map(dumped) | st.binary(max_size=60))
    return hoped | hoped | anything


def answered(script: Script, around: list[Answer]) -> Verdict:
    """The verdict when these answers come round and round; it is reached after a bounded number of requests."""
    request = next(script)
    try:
        for answer in islice(cycle(around), 200):
            assert request.url.startswith("http://t/")
            request = script.send(answer)
    except StopIteration as end:
        found: Verdict = end.value
        return found
    pytest.fail("the script asks for ever")


@pytest.mark.parametrize(("script", "likely"), SCRIPTS)
@given(data=st.data())
@settings(max_examples=30)
def test_no_answer_can_spoil_the_page(
    script: Callable[[str], Script], likely: st.SearchStrategy[bytes], data: st.DataObject
) -> None:
    around = data.draw(st.lists(answers(likely), min_size=1, max_size=6))
    text = encode(gather(answered(script("http://t"), around).points(TARGET))).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    series = [(sample.name, *sorted(sample.labels.items())) for sample in samples]
    assert len(set(series)) == len(series)
