"""CloudNativePG: instances and poolers."""

from typing import Final

from dashboards.metric import table

POSTGRES: Final = table(
    """
cnpg_collector_up | gauge | state | cluster | Whether an instance answers
cnpg_backends_total | gauge | count | datname usename application_name state | Connections by state
cnpg_backends_waiting_total | gauge | count | | Connections that wait for a lock
cnpg_backends_max_tx_duration_seconds | gauge | seconds | datname usename application_name state | Age of the oldest transaction
cnpg_pg_settings_setting | gauge | count | name | Settings
cnpg_pg_replication_lag | gauge | seconds | | How far a replica is behind
cnpg_pg_replication_streaming_replicas | gauge | count | | Replicas that stream from this instance
cnpg_pg_stat_replication_write_lag_seconds | gauge | seconds | application_name | Until a replica has written
cnpg_pg_stat_replication_flush_lag_seconds | gauge | seconds | application_name | Until a replica has flushed
cnpg_pg_stat_replication_replay_lag_seconds | gauge | seconds | application_name | Until a replica has replayed
cnpg_pg_stat_database_xact_commit | counter | operations | datname | Commits
cnpg_pg_stat_database_xact_rollback | counter | operations | datname | Rollbacks
cnpg_pg_stat_database_blks_hit | counter | operations | datname | Blocks found in shared buffers
cnpg_pg_stat_database_blks_read | counter | operations | datname | Blocks read from outside shared buffers
cnpg_pg_stat_database_tup_fetched | counter | rows | datname | Rows fetched by index
cnpg_pg_stat_database_tup_returned | counter | rows | datname | Rows read by scans
cnpg_pg_stat_database_tup_inserted | counter | rows | datname | Rows inserted
cnpg_pg_stat_database_tup_updated | counter | rows | datname | Rows updated
cnpg_pg_stat_database_tup_deleted | counter | rows | datname | Rows deleted
cnpg_pg_stat_database_temp_bytes | counter | bytes | datname | Bytes spilled to temporary files
cnpg_pg_stat_database_deadlocks | counter | events | datname | Deadlocks
cnpg_pg_stat_bgwriter_checkpoints_timed | counter | events | | Checkpoints by time
cnpg_pg_stat_bgwriter_checkpoints_req | counter | events | | Checkpoints that were asked for
cnpg_pg_database_size_bytes | gauge | bytes | datname | Size of a database
cnpg_pg_database_xid_age | gauge | count | datname | Age of the oldest transaction id
cnpg_collector_pg_wal | gauge | bytes | value | Write-ahead log on disk
cnpg_collector_pg_wal_archive_status | gauge | count | value | Segments by archive status
cnpg_pg_stat_archiver_failed_count | counter | operations | | Failures to archive
cnpg_pg_stat_archiver_seconds_since_last_archival | gauge | seconds | | Age of the last archived segment
cnpg_collector_last_available_backup_timestamp | gauge | timestamp | | When the last usable backup ended
cnpg_collector_first_recoverability_point | gauge | timestamp | | The earliest moment that can be restored
cnpg_pgbouncer_pools_cl_waiting | gauge | count | database user | Clients that wait for a connection
cnpg_pgbouncer_pools_cl_active | gauge | count | database user | Clients with a connection
cnpg_pgbouncer_pools_sv_active | gauge | count | database user | Server connections in use
cnpg_pgbouncer_pools_sv_idle | gauge | count | database user | Server connections that are idle
cnpg_pgbouncer_pools_maxwait | gauge | seconds | database user | How long the first in the queue has waited
""",
    "namespace",
    "pod",
)
