"""D13, Billing: is all usage counted, does it reach the invoice, and do customers hear of it."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import ANY, from_above, lines, stat
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_USAGE: Final = _AT.also("namespace")
_HANDLED: Final = "consumer_watermill_router_message_handler_message_count_total"
_PROCESSED: Final = "consumer_watermill_router_message_processing_count_total"
_DELAY: Final = "sink_flush_ingest_delay_milliseconds"


def board(promised: Promised) -> Board:
    """The handbook's D13."""
    return Board(
        id="D13",
        uid="emberline-billing",
        title="Billing",
        description="Usage events from ingest to ClickHouse, invoices, and webhooks. Revenue itself is a sum in "
        "ClickHouse, not a metric; what the models' gateway charges stands at the end.",
        tags=("emberline", "banking", "billing"),
        variables=choices(
            _USAGE,
            "openmeter_ingest_events_total",
            "svix_queue_depth_main",
            "sink_kafka_messages_total",
            "litellm_spend_metric_total",
            "openmeter_billing_worker_pending_invoices",
        ),
        rows=(_glance(), _usage(), _invoices(), _webhooks(), _revenue()),
        alerts=firing("banking"),
        links=promised.details("banking"),
    )


def _glance() -> Row:
    taken, refused = _USAGE.rate("openmeter_ingest_events_total"), _USAGE.rate("openmeter_ingest_errors_total")
    return Row(
        "Is all usage counted?",
        (
            stat("Usage events", "A second, taken in.", taken),
            stat(
                "Share of refused events",
                "Usage that nobody pays for.",
                refused / (taken + refused),
                marks=from_above(0.001, 0.01),
            ),
            stat(
                "p95 until it counts",
                "From ingest to ClickHouse.",
                _USAGE.quantile("0.95", _DELAY),
                marks=from_above(30, 300),
            ),
            stat(
                "Invoices that stand still",
                "They should have moved on already.",
                _AT.level("openmeter_billing_worker_pending_invoices"),
                marks=from_above(1, 10),
                steady="few, and none for hours",
            ),
            stat(
                "Webhooks given up",
                "Customers who were not told. BillingWebhookFailed.",
                _AT.level("svix_queue_depth_dlq"),
                marks=ANY,
                steady="a state",
            ),
            stat(
                "Failing handlers",
                "Share of events whose handler failed.",
                _AT.rate(f'{_HANDLED}{{status="failed"}}').share_of(_AT.rate(_HANDLED)),
                marks=from_above(0.001, 0.01),
            ),
        ),
    )


def _usage() -> Row:
    return Row(
        "Does usage get through?",
        (
            lines(
                "Taken in and refused",
                "A refused event has a bad subject, type or time.",
                _USAGE.rate("openmeter_ingest_events_total").named("taken in"),
                _USAGE.rate("openmeter_ingest_errors_total").named("refused"),
                width=8,
            ),
            lines(
                "Events by stage",
                "The lines lie on each other; a gap is usage on its way, or lost.",
                _USAGE.rate("openmeter_ingest_events_total").named("ingest"),
                _USAGE.rate("sink_flush_events_total").named("stored"),
                width=8,
            ),
            lines(
                "Read by the sink, by result",
                "Anything but success is usage that needs a person.",
                _USAGE.rate("sink_kafka_messages_total", "status"),
                width=8,
            ),
            lines(
                "Until usage counts",
                "From ingest to ClickHouse.",
                *(_USAGE.quantile(q, _DELAY).named(f"p{q[2:]}") for q in ("0.50", "0.95", "0.99")),
            ),
            lines(
                "Usage by tenant, top ten",
                "Who uses most. A tenant at zero has lost its meter.",
                _USAGE.rate("openmeter_ingest_events_total", "namespace").top(10),
            ),
        ),
    )


def _invoices() -> Row:
    return Row(
        "Does it reach the invoice?",
        (
            lines(
                "Invoices that stand still by state",
                "By state in which they hang.",
                _AT.level("openmeter_billing_worker_pending_invoices", "status"),
                width=8,
                steady="few, and none for hours",
            ),
            lines("Events handled by result", "Failures are tried again.", _AT.rate(_HANDLED, "status"), width=8),
            lines(
                "Given up after retries, by type",
                "Each is an invoice or a notice that nobody gets.",
                _AT.rate(f'{_PROCESSED}{{status="failed"}}', "message_event_type"),
                width=8,
            ),
        ),
    )


def _webhooks() -> Row:
    return Row(
        "Do customers hear of it?",
        (
            lines("Webhooks to deliver", "It drains within seconds.", _AT.level("svix_queue_depth_main"), width=8),
            lines(
                "To deliver again later",
                "An endpoint of a customer is down.",
                _AT.level("svix_queue_depth_delayed"),
                width=8,
            ),
            lines(
                "Given up",
                "Send them again from Svix once the endpoint answers.",
                _AT.level("svix_queue_depth_dlq"),
                width=8,
                marks=ANY,
                steady="a state",
            ),
        ),
    )


def _revenue() -> Row:
    spend = _AT.rate("litellm_spend_metric_total", "team").times("3600", "currencyUSD")
    return Row(
        "What is it worth?",
        (
            lines(
                "Charged per hour by team",
                "What the models' gateway charges: metered usage in dollars.",
                spend,
                stacked=True,
            ),
            lines(
                "Charged in the time range by team", "The sum so far.", _AT.total("litellm_spend_metric_total", "team")
            ),
        ),
    )
