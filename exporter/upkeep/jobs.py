"""CronJobs and Velero's Backups, read into when a task of Milvus' maintenance last succeeded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from exporter.kubernetes.objects import mapping, unix
from exporter.targets.document import is_name
from exporter.targets.milvus.maintenance import Runs, Task

CRONJOBS: Final = {
    "milvus-index-rebuild": Task.INDEX,
    "milvus-compaction": Task.COMPACTION,
    "milvus-stats-refresh": Task.STATISTICS,
}
"""The names under which the handbook's alerts look for them too."""
_SCHEDULE: Final = "velero.io/schedule-name"
_OURS: Final = "milvus"


@dataclass(frozen=True, slots=True)
class Job:
    """A task that somebody runs: `last` success and `since` when it could have run, in Unix seconds."""

    task: Task
    namespace: str
    name: str
    last: float | None
    since: float


def read_cronjob(document: Mapping[str, Any]) -> Job | None:
    """The job in a CronJob (batch/v1); None if it is no task of ours. Without a success it counts from its creation."""
    metadata = mapping(document.get("metadata"))
    namespace, name, created = metadata.get("namespace"), metadata.get("name"), unix(metadata.get("creationTimestamp"))
    if not isinstance(name, str) or name not in CRONJOBS or not is_name(namespace) or created is None:
        return None
    last = unix(mapping(document.get("status")).get("lastSuccessfulTime"))
    return Job(CRONJOBS[name], str(namespace), name, last, created)


def read_backup(document: Mapping[str, Any]) -> Job | None:
    """The job in a Backup (velero.io/v1); None if its schedule is none of Milvus. Only a complete one is a success."""
    metadata, status = mapping(document.get("metadata")), mapping(document.get("status"))
    namespace, created = metadata.get("namespace"), unix(metadata.get("creationTimestamp"))
    schedule = mapping(metadata.get("labels")).get(_SCHEDULE)
    if not is_name(schedule) or _OURS not in str(schedule) or not is_name(namespace) or created is None:
        return None
    last = unix(status.get("completionTimestamp")) if status.get("phase") == "Completed" else None
    return Job(Task.BACKUP, str(namespace), str(schedule), last, created)


def latest(jobs: Iterable[Job]) -> dict[tuple[Task, str, str], Runs]:
    """What is known of each task by namespace and name: the newest success of all its runs."""
    found: dict[tuple[Task, str, str], Runs] = {}
    for job in jobs:
        key = (job.task, job.namespace, job.name)
        known = found.get(key, Runs(None, job.since))
        lasts = [last for last in (known.last, job.last) if last is not None]
        found[key] = Runs(max(lasts, default=None), min(known.quiet_since, job.since))
    return found
