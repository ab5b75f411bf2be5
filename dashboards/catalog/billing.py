"""OpenMeter and Svix: what was used, what is billed, and whether customers hear of it."""

from typing import Final

from dashboards.metric import table

BILLING: Final = table("""
openmeter_ingest_events_total | counter | events | namespace | Usage events taken in
openmeter_ingest_errors_total | counter | events | namespace | Usage events refused
sink_kafka_messages_total | counter | messages | namespace status | Usage events read by the sink
sink_flush_events_total | counter | events | namespace | Usage events written to ClickHouse
sink_flush_ingest_delay_milliseconds | histogram | milliseconds | namespace | From ingest to ClickHouse
openmeter_billing_worker_pending_invoices | gauge | count | status | Invoices that should have moved on
consumer_watermill_router_message_handler_message_count_total | counter | messages | message_event_type status | Handled events by result
consumer_watermill_router_message_processing_count_total | counter | messages | message_event_type status | The same after retries
svix_queue_depth_main | gauge | messages | | Webhooks to deliver
svix_queue_depth_delayed | gauge | messages | | Webhooks to deliver again later
svix_queue_depth_dlq | gauge | messages | | Webhooks given up
""")
