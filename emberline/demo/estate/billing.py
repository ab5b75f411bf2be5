"""OpenMeter's parts, and Svix."""

from collections.abc import Iterator

from emberline.demo.component import Component, Metric, assemble
from emberline.demo.estate.draw import Draw
from emberline.demo.metrics import Spread, labelled
from emberline.demo.script import Script

_TENANTS = ("bank-a", "bank-b", "fintech-c")
_DELAYS = ("0", "5", "10", "25", "50", "75", "100", "250", "500", "750", "1000", "2500", "5000", "7500", "10000")


def components(script: Script) -> Iterator[Component]:
    """Ingest, sink, billing worker and webhooks."""
    yield assemble("openmeter", "openmeter.billing:10000", tuple(_ingest(Draw(script, "ingest"))))
    yield assemble("openmeter-sink", "openmeter-sink.billing:10000", tuple(_sink(Draw(script, "sink"))))
    yield assemble("openmeter-billing-worker", "billing-worker.billing:10000", tuple(_worker(Draw(script, "worker"))))
    yield assemble("svix", "svix.billing:8071", tuple(_webhooks(Draw(script, "svix"))))


def _by_tenant(rate: float) -> dict[tuple[tuple[str, str], ...], float]:
    return {labelled(namespace=tenant): rate * weight for weight, tenant in enumerate(_TENANTS, 1)}


def _ingest(draw: Draw) -> Iterator[Metric]:
    yield draw.counters("openmeter_ingest_events_total", "Number of events ingested", _by_tenant(6.0))
    yield draw.counters("openmeter_ingest_errors_total", "Number of failed ingestions", _by_tenant(0.01))


def _sink(draw: Draw) -> Iterator[Metric]:
    statuses = {"success": 36.0, "drop": 0.05}
    read = {labelled(namespace="default", status=status): rate for status, rate in statuses.items()}
    yield draw.counters("sink_kafka_messages_total", "Number of Kafka messages read", read)
    yield draw.counters("sink_flush_events_total", "Number of events written", _by_tenant(6.0))
    series = {labels: (rate, Spread(900, 0.5)) for labels, rate in _by_tenant(6.0).items()}
    yield draw.times("sink_flush_ingest_delay_milliseconds", "From ingest to ClickHouse", series, _DELAYS)


def _worker(draw: Draw) -> Iterator[Metric]:
    states = {"draft.waiting_for_collection": 0.0, "payment_processing.pending": 1.0}
    pending = {labelled(status=status): count for status, count in states.items()}
    yield draw.states("openmeter_billing_worker_pending_invoices", "Invoices that should have moved on", pending)
    kinds = ("billing.invoice.advance", "notification.invoice.created")
    for what in ("handler_message", "processing"):
        name = f"consumer_watermill_router_message_{what}_count_total"
        handled = {
            labelled(message_event_type=kind, status=status): rate
            for kind in kinds
            for status, rate in (("success", 0.8), ("failed", 0.02))
        }
        yield draw.counters(name, "Handled messages", handled)


def _webhooks(draw: Draw) -> Iterator[Metric]:
    for queue, depth in (("main", 3.0), ("delayed", 1.5)):
        yield draw.levels(f"svix_queue_depth_{queue}", "The number of tasks in the queue", {(): depth})
    yield draw.states("svix_queue_depth_dlq", "The number of tasks given up", {(): 0})
