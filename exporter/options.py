"""From the command line to settings, with every error at once."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeVar

from exporter.dcgm.foreign import Review
from exporter.dcgm.surface import Words, surface
from exporter.given import Given
from exporter.kubernetes.api import ApiServer
from exporter.nvml.recording import appendable
from exporter.nvml.replay import Replay
from exporter.pods.options import OLD_NAMES, PodOptions, pod_options
from exporter.probe_file import read_policy
from exporter.settings import Settings, settings
from exporter.targets_file import read_targets
from exporter.web.reload import BrokenConfigError, load

_NOTHING: Final = Review((), ())
_WORDS: Final = Words()
_Made = TypeVar("_Made")


def configure(
    given: Given, words: Words = _WORDS, review: Review = _NOTHING, environment: Mapping[str, str] = os.environ
) -> Settings:
    """The settings; ValueError with one line per bad option and per error of a file.

    `words` are the options of the compatible series, `review` what was found among the others of dcgm-exporter.
    """
    later: list[str] = []
    files = {
        "targets": _tried(later, lambda: _read(given.targets, read_targets)) or (),
        "probe_policy": _tried(later, lambda: _read(given.probe_policy, read_policy)),
    }
    _tried(later, lambda: _look_at_files(given))
    dcgm = _tried(later, lambda: surface(words))
    pods = _tried(later, lambda: _pods(given, words, {**environment, **review.pods}))
    faults: list[str] = []
    made = _tried(faults, lambda: settings({**asdict(given), **files}))
    api = None if made is None else _api(made, environment)
    faults += [*review.errors, *later]
    if made is not None and api is None:
        faults += _missing(made)
    if made is None or dcgm is None or pods is None or faults:
        raise ValueError("\n".join(faults))
    warnings = (*review.warnings, *(_unheard(pods) if api is None else ()))
    return made.model_copy(update={"dcgm": dcgm, "pods": pods, "api": api, "warnings": warnings})


def _pods(given: Given, words: Words, variables: Mapping[str, str]) -> PodOptions:
    told = {**variables, OLD_NAMES: "true"} if words.use_old_namespace else variables
    return pod_options(told, targets=given.targets_from_pods)


def _api(made: Settings, environment: Mapping[str, str]) -> ApiServer | None:
    return ApiServer.in_cluster(environment) if made.kubernetes_api is None else ApiServer(made.kubernetes_api)


def _missing(made: Settings) -> Iterator[str]:
    """What cannot be without a Kubernetes API."""
    wanted = {"targets-from-pods": made.targets_from_pods, "kserve": made.kserve, "milvus-upkeep": made.milvus_upkeep}
    for option in (option for option, on in wanted.items() if on):
        yield f"--{option}: no Kubernetes API is known: this is no pod, and there is no --kubernetes-api"


def _unheard(pods: PodOptions) -> Iterator[str]:
    if pods.kubernetes and (pods.shown.pod_labels or pods.shown.pod_uid or pods.dra):
        yield "no Kubernetes API is known: there are no labels and UIDs of pods, and no claims"


def _tried(faults: list[str], make: Callable[[], _Made]) -> _Made | None:
    try:
        return make()
    except (ValueError, BrokenConfigError) as error:
        faults.append(str(error))
        return None


def _read(path: Path | None, read: Callable[[Path], _Made]) -> _Made | None:
    try:
        return None if path is None else read(path)
    except OSError as error:
        raise ValueError(f"{path}:1: cannot be read: {error.strerror}") from error


def _look_at_files(given: Given) -> None:
    """Find out now what would otherwise be found out by a process that cannot say it."""
    if given.web_config is not None:
        load(given.web_config)
    if given.record is not None:
        try:
            appendable(given.record)
        except OSError as error:
            raise ValueError(f"{given.record}:1: cannot be written: {error.strerror}") from error
    if given.replay is not None:
        try:
            Replay(given.replay)
        except OSError as error:
            raise ValueError(f"{given.replay}:1: cannot be read: {error.strerror}") from error
