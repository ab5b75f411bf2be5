"""D3, Flux GitOps: is what runs what is in Git, and if not, which resource, and why does it take so long."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import ANY, from_above, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.quantity import Quantity
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_STATE: Final = _AT.also(exported_namespace="namespace")
_SOURCES: Final = 'customresource_kind=~"GitRepository|OCIRepository|HelmRepository|HelmChart|Bucket"'
_KIND: Final = "customresource_kind"


def board(promised: Promised) -> Board:
    """The handbook's D3."""
    return Board(
        id="D3",
        uid="emberline-flux-gitops",
        title="Flux GitOps",
        description="Which resources are ready, suspended or failing, how long reconciliation takes, and whether the "
        "controllers keep up. Readiness needs kube-state-metrics with Flux's custom resource configuration.",
        tags=("emberline", "platform", "gitops"),
        variables=choices(_STATE, "gotk_resource_info", "gotk_reconcile_duration_seconds_count"),
        rows=(_glance(), _which(), _time(), _controllers()),
        alerts=firing("platform"),
        links=promised.details("platform"),
    )


def _info(conditions: str, *by: str) -> Quantity:
    return _STATE.how_many(f"gotk_resource_info{{{conditions}}}", *by)


def _glance() -> Row:
    errors = _AT.rate('controller_runtime_reconcile_total{result="error"}')
    return Row(
        "Is what runs what is in Git?",
        (
            stat("Resources", "Everything that Flux reconciles.", _info('ready=~".*"'), steady="a state"),
            stat(
                "Not ready",
                "Failing, or never reconciled. Zero but for minutes after a change.",
                _info('ready="False"').or_none_of(_info('ready=~".*"')),
                marks=ANY,
                steady="a state",
            ),
            stat(
                "Sources not ready",
                "Git, Helm or OCI that cannot be fetched: everything below it stands still.",
                _info(f'ready="False",{_SOURCES}').or_none_of(_info('ready=~".*"')),
                marks=ANY,
                steady="a state",
            ),
            stat(
                "Suspended",
                "Somebody stopped reconciliation. Each is a drift that nobody repairs.",
                _info('suspended="true"').or_none_of(_info('ready=~".*"')),
                marks=from_above(1, 5),
                steady="a state",
            ),
            stat(
                "Share of failing passes",
                "Passes of controllers that end in an error.",
                errors.share_of(_AT.rate("controller_runtime_reconcile_total")),
                marks=from_above(0.01, 0.1),
            ),
            stat(
                "p95 reconciliation",
                "19 of 20 take less.",
                _AT.quantile("0.95", "gotk_reconcile_duration_seconds"),
                marks=from_above(60, 300),
            ),
        ),
    )


def _which() -> Row:
    key = (_KIND, "exported_namespace", "name", "revision", "suspended")
    return Row(
        "Which resource?",
        (
            table(
                "Failing resources",
                "Ask `flux get` for the message of each. No line is the usual.",
                key,
                _info('ready="False"', *key).column("Failing"),
                width=12,
                steady="a state",
            ),
            table(
                "Suspended resources",
                "Resume each, or write down why not.",
                key,
                _info('suspended="true"', *key).column("Suspended"),
                width=12,
                steady="a state",
            ),
            lines(
                "Ready resources by kind",
                "A fall without a deletion in Git is a fault.",
                _info('ready="True"', _KIND),
                steady="a state",
            ),
            lines(
                "Resources that are not ready by kind",
                "Sources first: what depends on them follows.",
                _info('ready!="True"', _KIND),
                steady="a state",
            ),
        ),
    )


def _time() -> Row:
    took = "gotk_reconcile_duration_seconds"
    return Row(
        "How long does a change take?",
        (
            lines(
                "p95 reconciliation by kind",
                "Time until a change is in force, once it is noticed.",
                _AT.quantile("0.95", took, "kind"),
            ),
            lines(
                "Mean reconciliation, slowest ten",
                "By name: a Helm release that waits for its tests, or a huge kustomization.",
                _AT.mean(took, "kind", "name").top(10),
            ),
            lines("Reconciliations by kind", "Zero: the controller stands still.", _AT.observed(took, "kind")),
            lines(
                "p95 wait for a pass",
                "Time in a controller's queue: raise its concurrency when it grows.",
                _AT.quantile("0.95", "workqueue_queue_duration_seconds", "name"),
            ),
        ),
    )


def _controllers() -> Row:
    return Row(
        "Do the controllers keep up?",
        (
            lines(
                "Passes by result",
                "Errors are tried again, with growing pauses.",
                _AT.rate("controller_runtime_reconcile_total", "controller", "result"),
                width=8,
            ),
            lines(
                "p95 of a pass",
                "Of the controller itself.",
                _AT.quantile("0.95", "controller_runtime_reconcile_time_seconds", "controller"),
                width=8,
            ),
            lines(
                "Longest pass that runs now",
                "Minutes: it hangs, and holds up its queue.",
                _AT.level("workqueue_longest_running_processor_seconds", "name", reduce="max"),
                width=8,
                marks=from_above(60, 600),
            ),
            lines("Queue depth", "Resources that wait.", _AT.level("workqueue_depth", "name"), width=8),
            lines(
                "Calls to the API server by result",
                "429 is throttling, 5xx the API server's own trouble.",
                _AT.rate("rest_client_requests_total", "code"),
                width=8,
            ),
            lines(
                "Memory of controllers",
                "A slope that never turns ends in a restart.",
                _AT.series('process_resident_memory_bytes{job=~"flux-.*"}', "instance"),
                width=12,
            ),
            lines(
                "Processors in use by controllers",
                "Cores. At the limit reconciliation is late for all.",
                _AT.rate('process_cpu_seconds_total{job=~"flux-.*"}', "instance"),
                width=12,
            ),
        ),
    )
