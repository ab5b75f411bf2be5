"""When Milvus' maintenance last succeeded, by the jobs and backups that an API server has."""

import asyncio
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from exporter.kubernetes.api import ApiServer
from exporter.targets.milvus.maintenance import Runs, Task
from exporter.upkeep.jobs import CRONJOBS, Job, latest, read_backup, read_cronjob
from exporter.upkeep.source import Upkeep
from tests.exporter.settled import settle

HOUR = 3600.0
CREATED = "2026-11-01T00:00:00Z"
DONE = "2026-11-29T22:00:00Z"


def cronjob(name: str, done: str | None = DONE) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "ai-hub", "uid": f"uid-{name}", "creationTimestamp": CREATED}
    return {"metadata": metadata, "status": {} if done is None else {"lastSuccessfulTime": done}}


def backup(
    name: str, phase: str = "Completed", done: str | None = DONE, schedule: str = "milvus-daily"
) -> dict[str, Any]:
    names = {"name": name, "namespace": "velero", "uid": f"uid-{name}", "creationTimestamp": CREATED}
    status = {"phase": phase} | ({} if done is None else {"completionTimestamp": done})
    return {"metadata": {**names, "labels": {"velero.io/schedule-name": schedule}}, "status": status}


@pytest.mark.parametrize(("name", "task"), CRONJOBS.items())
def test_each_job_of_the_handbook_is_a_task(name: str, task: Task) -> None:
    assert read_cronjob(cronjob(name)) == Job(task, "ai-hub", name, 1795989600.0, 1793491200.0)
    assert read_cronjob(cronjob(name, done=None)) == Job(task, "ai-hub", name, None, 1793491200.0)


def test_other_jobs_and_other_backups_are_none_of_ours() -> None:
    assert read_cronjob(cronjob("milvus-compaction-2")) is None
    assert read_backup(backup("shop", schedule="shop-daily")) is None
    assert read_backup({"metadata": {"name": "by-hand", "namespace": "velero", "creationTimestamp": CREATED}}) is None
    assert read_cronjob({}) is None


@pytest.mark.parametrize("phase", ["New", "InProgress", "PartiallyFailed", "Failed", "FailedValidation", "Deleting"])
def test_only_a_complete_backup_is_one(phase: str) -> None:
    found = read_backup(backup("b", phase))
    assert found is not None
    assert found.last is None


def test_the_newest_success_of_a_schedule_counts_and_a_failure_after_it_takes_nothing_away() -> None:
    jobs = [Job(Task.BACKUP, "velero", "milvus-daily", last, since) for last, since in ((50.0, 40.0), (None, 90.0))]
    assert latest(jobs) == {(Task.BACKUP, "velero", "milvus-daily"): Runs(50.0, 40.0)}
    assert latest([Job(Task.BACKUP, "velero", "milvus-daily", None, 90.0)]) == {
        (Task.BACKUP, "velero", "milvus-daily"): Runs(None, 90.0)
    }


def test_jobs_and_backups_are_followed_and_their_ages_told(tmp_path: Path) -> None:
    recent = datetime.fromtimestamp(time.time() - HOUR / 2, UTC).isoformat().replace("+00:00", "Z")
    items = {
        "/apis/batch/v1/namespaces/ai-hub/cronjobs": [
            cronjob("milvus-stats-refresh", recent),
            cronjob("milvus-compaction", None),
            cronjob("unrelated"),
        ],
        "/apis/velero.io/v1/backups": [backup("b1", done=recent), backup("b2", "Failed")],
    }
    for listed in items["/apis/velero.io/v1/backups"]:
        listed["metadata"]["creationTimestamp"] = recent

    async def answer(request: web.Request) -> web.StreamResponse:
        if "watch" in request.query:
            await asyncio.sleep(30)
        return web.json_response({"metadata": {"resourceVersion": "1"}, "items": items[request.path]})

    async def live() -> dict[tuple[str, str], float]:
        (tmp_path / "token").write_text("t\n")
        application = web.Application()
        application.router.add_get("/{path:.*}", answer)
        async with TestServer(application) as server:
            upkeep = Upkeep(
                ApiServer(str(server.make_url("")), tmp_path / "token"), random.Random(7).random, "ai-hub", first=0.01
            )
            assert upkeep.pending() == ("cronjobs", "backups")
            await settle(upkeep)
            return {
                (dict(p.labels)["task"], p.metric.name.removeprefix("emberline_milvus_maintenance_")): p.value
                for p in upkeep.points(time.monotonic())
                if "maintenance" in p.metric.name
            }

    found = asyncio.run(live())
    assert found["statistics", "overdue"] == 0
    assert abs(found["statistics", "age_seconds"] - HOUR / 2) < 60
    assert found["compaction", "overdue"] == 1, "it exists for weeks and has never succeeded"
    assert ("compaction", "last_timestamp_seconds") not in found
    assert found["backup", "overdue"] == 0
