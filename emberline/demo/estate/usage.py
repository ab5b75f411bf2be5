"""LiteLLM, the reranker, and a Milvus proxy that serves what the captured one is too old for."""

from collections.abc import Iterator, Mapping

from emberline.demo.component import Component, Metric, assemble
from emberline.demo.estate.draw import Draw
from emberline.demo.metrics import Spread, labelled
from emberline.demo.script import Script
from native.exposition import Labels

_MODELS = ("llama-3.3-70b-instruct", "qwen3-14b")
_USERS = (("lending", "ada", "loan-agent"), ("lending", "grace", "chat"), ("support", "linus", "support-agent"))
_BOUNDS = ("0.005", "0.1", "0.5", "1.0", "2.5", "5.0", "7.5", "10.0", "15.0", "20.0", "30.0", "60.0", "120.0")
_TEI_BOUNDS = ("0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5")


def components(script: Script) -> Iterator[Component]:
    """The gateway to the models, and what stands beside retrieval."""
    draw = Draw(script, "litellm")
    yield assemble("litellm", "litellm.ai-hub:4000", (*_requests(draw), *_used(draw), *_budgets(draw)))
    yield assemble("bge-reranker", "bge-reranker.ai-hub:9000", tuple(_reranker(Draw(script, "reranker"))))
    yield assemble("milvus-proxy", "milvus-proxy.ai-hub:9091", tuple(_newer_milvus(Draw(script, "milvus"))))


def _users(**more: str) -> Iterator[Labels]:
    for team, user, key in _USERS:
        yield labelled(api_key_alias=key, team=team, user=user, **more)


def _requests(draw: Draw) -> Iterator[Metric]:
    asked = {
        (*labels, ("status_code", status)): rate
        for model in _MODELS
        for labels in _users(requested_model=model)
        for status, rate in (("200", 1.1), ("429", 0.02))
    }
    yield draw.counters("litellm_proxy_total_requests_metric_total", "Total number of requests", asked)
    failed = {
        (*labels, ("exception_class", reason), ("exception_status", status)): rate
        for model in _MODELS
        for labels in _users(requested_model=model)
        for reason, status, rate in (("RateLimitError", "429", 0.02), ("Timeout", "408", 0.01))
    }
    yield draw.counters("litellm_proxy_failed_requests_metric_total", "Total number of failed responses", failed)
    for name, median in (("litellm_request_total_latency_metric", 2.3), ("litellm_llm_api_latency_metric", 2.1)):
        series = {labelled(requested_model=model): (3.4, Spread(median, 0.5)) for model in _MODELS}
        yield draw.times(name, "Latency", series, _BOUNDS)
    states = {labelled(api_base=f"vllm-{model}", litellm_model_name=model): 0.0 for model in _MODELS}
    yield draw.states("litellm_deployment_state", "State of the deployment: 0 healthy, 1 partial, 2 outage", states)


def _used(draw: Draw) -> Iterator[Metric]:
    rates: Mapping[Labels, float] = {
        labels: 1.1 for model in _MODELS for labels in _users(end_user="None", model=model)
    }
    yield draw.counters("litellm_requests_metric_total", "Total number of LLM calls", rates)
    for kind, each in (("total", 850), ("input", 640), ("output", 210)):
        yield draw.amounts(f"litellm_{kind}_tokens_metric_total", f"Total number of {kind} tokens", rates, each)
    yield draw.amounts("litellm_spend_metric_total", "Total spend on LLM requests", rates, 0.0011)
    yield draw.levels("litellm_active_users", "Users of the last while", {(): 34.0}, whole=True)


def _budgets(draw: Draw) -> Iterator[Metric]:
    teams = {labelled(team=team, team_alias=team): budget for team, budget in (("lending", 900.0), ("support", 420.0))}
    yield draw.levels("litellm_remaining_team_budget_metric", "Remaining budget for team", teams)
    yield draw.states("litellm_team_max_budget_metric", "Maximum budget set for team", dict.fromkeys(teams, 1500.0))
    keys = {labelled(api_key_alias=key): 200.0 for _, _, key in _USERS}
    yield draw.levels("litellm_remaining_api_key_budget_metric", "Remaining budget for api key", keys)


def _reranker(draw: Draw) -> Iterator[Metric]:
    yield draw.counters("te_request_count", "", {labelled(method="single"): 3.0})
    yield draw.times("te_predict_duration", "", {(): (3.0, Spread(0.06, 0.4))}, _TEI_BOUNDS)
    yield draw.times("te_batch_next_size", "", {(): (1.2, Spread(4, 0.5))}, ("1", "2", "4", "8", "16", "32"))
    yield draw.levels("te_queue_size", "", {(): 0.7})


def _newer_milvus(draw: Draw) -> Iterator[Metric]:
    slow = {labelled(msg_type="search", node_id="7"): 0.05}
    yield draw.counters("milvus_proxy_slow_query_count", "count of slow query executed", slow)
    limits = {
        labelled(msg_type=kind, node_id="7", status=status): rate
        for kind in ("DQLSearch", "DMLInsert")
        for status, rate in (("total", 4.0), ("fail", 0.02))
    }
    yield draw.counters("milvus_proxy_rate_limit_req_count", "count of operation executed", limits)
