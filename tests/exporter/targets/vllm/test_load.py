import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.metric import gather
from exporter.targets.answer import Answer, Reason, Unknown
from exporter.targets.vllm.histogram import Histogram
from exporter.targets.vllm.load import Engine, metrics
from native.exposition import encode
from tests.exporter.targets.asked import TARGET, captured, exported, verdict
from tests.exporter.targets.vllm.pages import CAPTURED, capture, read, v0


@pytest.mark.parametrize(
    ("page", "running", "waiting", "kv_cache", "generated"),
    [
        ("cold_metrics", 0, 0, 0, 0),
        ("during_load_02", 4, 40, 0.0004883408619216212, 69),
        ("after_load_metrics", 0, 0, 0, 2258),
        ("engine_hung_metrics", 0, 0, 0, 2258),
        ("engine_dead_metrics", 1, 0, 0.0001220852154804053, 85),
        ("multiproc_cold_metrics", None, None, None, 0),
        ("nologstats_metrics", None, None, None, None),
    ],
)
def test_each_captured_page_gives_its_load(
    page: str, running: float | None, waiting: float | None, kv_cache: float | None, generated: float | None
) -> None:
    found = capture(page)
    assert (found.running, found.waiting, found.kv_cache, found.generated) == (running, waiting, kv_cache, generated)


@pytest.mark.parametrize("page", CAPTURED)
def test_how_a_server_was_started_is_recognised(page: str) -> None:
    found = capture(page)
    assert found.logged is not page.startswith("nologstats")
    assert found.several is page.startswith("multiproc")


def test_a_page_of_the_v0_engine_is_read_by_its_own_names() -> None:
    found = v0(12, running=2, waiting=3, swapped=1)
    assert (found.running, found.waiting, found.kv_cache, found.generated, found.prompt) == (2, 4, 0.25, 12, 7)
    assert found.first_token == Histogram((("0.25", 0), ("1.0", 1), ("+Inf", 1)), 0.5, 1)
    assert [(engine.name, engine.busy) for engine in found.engines] == [("", True)]


def test_the_points_say_what_the_captured_page_says() -> None:
    answer = Answer(200, captured("vllm/after_load_metrics.prom"))
    values = exported(verdict(metrics("http://t"), {"/metrics": answer}))
    assert values["vllm_prompt_tokens_total"] == 968
    assert values["vllm_generation_tokens_total"] == 2258
    assert values["vllm_requests_finished_total length"] == 40
    assert values["vllm_several_api_servers"] == 0


def test_the_time_to_first_token_is_the_captured_histogram_bucket_by_bucket() -> None:
    body = captured("vllm/after_load_metrics.prom")
    found = read(body).first_token
    theirs = {
        (sample.name.removeprefix("vllm:"), sample.labels.get("le")): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        if sample.name.startswith("vllm:time_to_first_token_seconds_") and not sample.name.endswith("_created")
    }
    assert found is not None
    points = gather(read(body).points(TARGET))
    ours = {
        (sample.name.removeprefix("emberline_vllm_"), sample.labels.get("le")): sample.value
        for family in text_string_to_metric_families(encode(points).decode())
        for sample in family.samples
        if "time_to_first_token" in sample.name
    }
    assert ours == theirs
    assert len(ours) > 20


def test_loads_of_several_engines_are_added_and_the_fullest_cache_counts() -> None:
    page = b"".join(
        b'vllm:num_requests_running{engine="%d"} 3\nvllm:kv_cache_usage_perc{engine="%d"} 0.%d\n' % (i, i, i + 1)
        for i in range(3)
    )
    found = read(page)
    assert (found.running, found.kv_cache) == (9, 0.3)
    assert [engine.name for engine in found.engines] == ["0", "1", "2"]


def test_an_engine_that_sleeps_says_so() -> None:
    page = b'vllm:num_requests_running{engine="0"} 0\nvllm:engine_sleep_state{engine="0",sleep_state="awake"} 0\n'
    assert read(page).engines == (Engine("0", running=0, asleep=True),)


@pytest.mark.parametrize(
    "lines",
    [
        b'x_bucket{le="1"} 1\nx_sum 1\nx_count 1\n',
        b'x_bucket{le="+Inf"} 1\nx_sum 1\n',
        b'x_bucket{le="many"} 1\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 1\n',
        b'x_bucket{} 1\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 1\n',
    ],
)
def test_half_a_histogram_is_none(lines: bytes) -> None:
    name = b"vllm:time_to_first_token_seconds"
    assert read(b"# TYPE " + name + b" histogram\n" + lines.replace(b"x_", name + b"_")).first_token is None


@pytest.mark.parametrize("body", [b"<html>\n", b"a{ 1\n", b"\xff\n", b"vllm:num_requests_running x\n"])
def test_a_page_that_does_not_parse_is_garbage(body: bytes) -> None:
    found = verdict(metrics("http://t"), {"/metrics": Answer(200, body)})
    assert isinstance(found, Unknown)
    assert found.failure.reason is Reason.GARBAGE
    assert exported(found) == {}
