"""The data fabric: Kafka (F1), Flink (F2), Temporal (F3) and Debezium (F4).

ClickHouse is left out on purpose: it exports no histogram of query times, so row F5 has no data until the
exporter that the row names is switched on.
"""

from typing import Final

from emberline.demo.component import Component, Terms, assemble
from emberline.demo.driver import All, Bad, Good, One, Rate
from emberline.demo.flow import Flow
from emberline.demo.metrics import Spread, counter, gauge, histogram, labelled
from emberline.demo.script import Script
from native.exposition import Labels

_QUANTILES: Final = {"0.50": 3.1, "0.75": 6.0, "0.95": 17.0, "0.98": 24.0, "0.99": 31.0, "0.999": 68.0}
_TEMPORAL_BOUNDS: Final = (
    *("0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"),
    *("1", "2", "5", "10", "20", "50", "100", "200", "500", "1000"),
)


def fabric(script: Script) -> tuple[Component, ...]:
    """A broker, a job manager, a connector and a history service."""
    return _kafka(script), _flink(script), _debezium(script), _temporal(script)


def _level(script: Script, name: str) -> Rate:
    """A level that sways around 1."""
    return Rate(Flow.drawn(name, script.seed, script.origin_ms, 1.0))


def _kafka(script: Script) -> Component:
    level = _level(script, "kafka")
    series = {
        labelled(request=request, quantile=quantile): ((level, value * factor),)
        for request, factor in (("Produce", 1.0), ("FetchConsumer", 4.0))
        for quantile, value in _QUANTILES.items()
    }
    produced = All(Flow.drawn("kafka produce", script.seed, script.origin_ms, 40))
    requests: dict[Labels, Terms] = {
        labelled(request="Produce"): ((produced, 1.0),),
        labelled(request="FetchConsumer"): ((produced, 2.5),),
    }
    return assemble(
        "kafka",
        "kafka-0.fabric:9404",
        (
            gauge("kafka_network_requestmetrics_totaltimems", "", series),
            counter("kafka_network_requestmetrics_requests_total", "", requests),
        ),
    )


def _flink(script: Script) -> Component:
    """Flink exports counters as gauges."""
    job = labelled(host="flink_jobmanager", job_id="5f2c9e0b7a6d4c1e8b3a", job_name="transactions")
    return assemble(
        "flink",
        "flink-jobmanager.fabric:9249",
        (
            gauge(
                "flink_jobmanager_job_lastCheckpointDuration",
                "lastCheckpointDuration (scope: jobmanager_job)",
                {job: ((_level(script, "flink"), 6200.0),)},
                whole=True,
            ),
            gauge(
                "flink_jobmanager_job_numberOfFailedCheckpoints",
                "numberOfFailedCheckpoints (scope: jobmanager_job)",
                {job: ((One(), 2.0),)},
            ),
        ),
    )


def _debezium(script: Script) -> Component:
    server = labelled(context="streaming", name="core-banking", plugin="postgres")
    return assemble(
        "kafka-connect",
        "kafka-connect.fabric:9404",
        (
            gauge(
                "debezium_metrics_MilliSecondsBehindSource",
                "",
                {server: ((_level(script, "debezium"), 900.0),)},
                whole=True,
            ),
            gauge("debezium_metrics_Connected", "", {server: ((One(), 1.0),)}),
        ),
    )


def _temporal(script: Script) -> Component:
    workflows = {
        (namespace, kind): script.traffic(f"temporal {kind}", rate, usual)
        for namespace, kind, rate, usual in (
            ("payments", "SettlePayment", 1.4, 0.02),
            ("onboarding", "VerifyCustomer", 0.2, 0.011),
        )
    }
    series = {
        labelled(
            namespace=namespace,
            namespace_state="active",
            operation="CompletionStats",
            service_name="history",
            taskqueue="__omitted__",
            workflowType=kind,
        ): ((Good(traffic), Spread(0.32, 0.4)), (Bad(traffic), Spread(2.2, 0.4)))
        for (namespace, kind), traffic in workflows.items()
    }
    return assemble(
        "temporal-history",
        "temporal-history.fabric:9090",
        (histogram("workflow_schedule_to_close_latency", "", _TEMPORAL_BOUNDS, series),),
    )
