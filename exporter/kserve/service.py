"""One InferenceService (serving.kserve.io/v1beta1), read with bounds into what is told of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from exporter.kserve import catalog
from exporter.kubernetes.objects import mapping, unix
from exporter.metric import Point
from exporter.targets.document import is_name
from native.exposition import Labels

COMPONENTS: Final = ("predictor", "transformer", "explainer")
REVISIONS: Final = 16
"""Revisions of a component that get traffic and are told."""
CONDITIONS: Final = 32
_LARGEST: Final = 1_000_000
"""More replicas or copies than any cluster has."""
Which = Literal["active", "target"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """The share of a component's traffic that a revision gets (0 to 1)."""

    component: str
    revision: str
    tag: str
    latest: bool
    ratio: float


@dataclass(frozen=True, slots=True)
class Replicas:
    """The bounds of a component; None is no upper one."""

    component: str
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class InferenceService:
    """What one service is like; `since` is the Unix time at which Ready last changed."""

    namespace: str
    name: str
    mode: str = ""
    model_format: str = ""
    runtime: str = ""
    current: bool = True
    conditions: tuple[tuple[str, bool], ...] = ()
    since: float | None = None
    replicas: tuple[Replicas, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    copies: tuple[tuple[str, int], ...] = ()
    states: tuple[tuple[Which, str], ...] = ()
    failure: str = ""

    @property
    def ready(self) -> bool:
        """Whether the condition Ready is True."""
        return dict(self.conditions).get("Ready", False)

    def points(self) -> Iterator[Point]:
        """Everything about it."""
        where: Labels = (("namespace", self.namespace), ("name", self.name))
        what = (("deployment_mode", self.mode), ("model_format", self.model_format), ("runtime", self.runtime))
        yield catalog.INFO.at((*where, *what), 1)
        yield catalog.READY.at(where, self.ready)
        yield catalog.CURRENT.at(where, self.current)
        if self.since is not None:
            yield catalog.TRANSITION.at(where, self.since)
        for condition, holds in self.conditions:
            yield catalog.CONDITION.at((*where, ("condition", condition)), holds)
        for bound in self.replicas:
            component = (*where, ("component", bound.component))
            yield catalog.MIN_REPLICAS.at(component, bound.least)
            if bound.most is not None:
                yield catalog.MAX_REPLICAS.at(component, bound.most)
        for share in self.traffic:
            revision = (("revision", share.revision), ("tag", share.tag), ("latest", str(share.latest).lower()))
            yield catalog.TRAFFIC.at((*where, ("component", share.component), *revision), share.ratio)
        for state, count in self.copies:
            yield catalog.COPIES.at((*where, ("state", state)), count)
        for which, state in self.states:
            yield catalog.MODEL_STATE.at((*where, ("model", which), ("state", state)), 1)
        if self.failure:
            yield catalog.FAILURE.at((*where, ("reason", self.failure)), 1)


def read_service(document: Mapping[str, Any]) -> InferenceService | None:
    """The service in an object of the API; None if it has no usable name. Whatever else is odd is left out."""
    metadata, spec, status = (mapping(document.get(part)) for part in ("metadata", "spec", "status"))
    namespace, name = metadata.get("namespace"), metadata.get("name")
    if not (is_name(namespace) and is_name(name)):
        return None
    model, model_status = mapping(mapping(spec.get("predictor")).get("model")), mapping(status.get("modelStatus"))
    seen, generation = status.get("observedGeneration"), metadata.get("generation")
    return InferenceService(
        str(namespace),
        str(name),
        _text(status.get("deploymentMode")) or _text(mapping(metadata.get("annotations")).get(_MODE)),
        _text(mapping(model.get("modelFormat")).get("name")),
        _text(model.get("runtime")),
        seen == generation or not isinstance(seen, int) or not isinstance(generation, int),
        tuple(_conditions(status).items()),
        _since(status),
        tuple(_replicas(spec)),
        tuple(_traffic(status)),
        tuple(_copies(mapping(model_status.get("copies")))),
        tuple(_states(mapping(model_status.get("states")))),
        _text(mapping(model_status.get("lastFailureInfo")).get("reason")),
    )


_MODE: Final = "serving.kserve.io/deploymentMode"


def _conditions(status: Mapping[str, Any]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for condition in _sequence(status.get("conditions"))[:CONDITIONS]:
        if is_name(condition.get("type")):
            found[condition["type"]] = condition.get("status") == "True"
    return found


def _since(status: Mapping[str, Any]) -> float | None:
    for condition in _sequence(status.get("conditions"))[:CONDITIONS]:
        if condition.get("type") == "Ready":
            return unix(condition.get("lastTransitionTime"))
    return None


def _replicas(spec: Mapping[str, Any]) -> Iterator[Replicas]:
    for component in COMPONENTS:
        bounds = spec.get(component)
        if isinstance(bounds, Mapping):
            least, most = _count(bounds.get("minReplicas")), _count(bounds.get("maxReplicas"))
            yield Replicas(component, 1 if least is None else least, most or None)  # KServe: 0 is no limit


def _traffic(status: Mapping[str, Any]) -> Iterator[Traffic]:
    components = mapping(status.get("components"))
    for component in COMPONENTS:
        shares: dict[tuple[str, str, bool], float] = {}
        for share in _sequence(mapping(components.get(component)).get("traffic"))[:REVISIONS]:
            percent = _count(share.get("percent"))
            if percent is not None:
                key = (_text(share.get("revisionName")), _text(share.get("tag")), share.get("latestRevision") is True)
                shares[key] = shares.get(key, 0.0) + percent / 100
        yield from (Traffic(component, *key, ratio) for key, ratio in shares.items())


def _copies(copies: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for state, name in (("total", "totalCopies"), ("failed", "failedCopies")):
        count = _count(copies.get(name))
        if count is not None:
            yield state, count


def _states(states: Mapping[str, Any]) -> Iterator[tuple[Which, str]]:
    active, target = _text(states.get("activeModelState")), _text(states.get("targetModelState"))
    if active:
        yield "active", active
    if target:
        yield "target", target


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else None


def _text(value: object) -> str:
    return str(value) if is_name(value) else ""


def _sequence(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
