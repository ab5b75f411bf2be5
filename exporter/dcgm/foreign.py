"""What of a command line and an environment was meant for dcgm-exporter: taken or told, and nothing silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from exporter.dcgm.flags import FLAGS, Flag

_FOREIGN: Final = tuple(flag for flag in FLAGS if flag.fate != "same")
_PODS: Final = tuple(flag for flag in FLAGS if flag.pods)
_BY_NAME: Final = {
    name: flag for flag in (*_FOREIGN, *_PODS) for name in (f"--{flag.long}", f"-{flag.letter or flag.long}")
}


@dataclass(frozen=True, slots=True)
class Review:
    """One line per option or variable: `errors` end the start, `warnings` are logged.

    `pods` are the options about pods by the variables that mean the same, which they outdo.
    """

    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    pods: Mapping[str, str] = field(default_factory=dict)


def review(rest: Sequence[str], environment: Mapping[str, str]) -> Review:
    """What is to be said of the arguments that no option of ours took, and of the variables."""
    errors: list[str] = []
    warnings: list[str] = []
    pods: dict[str, str] = {}
    for name, value, flag in (*_arguments(rest), *_variables(environment)):
        if flag is None:
            errors.append(f"{name}: no such option")
        elif flag.pods:
            pods[flag.variable] = value
        elif value not in flag.idle and flag.fate == "refused":
            errors.append(f"{name}: is not supported: {flag.note}")
        elif value not in flag.idle:
            warnings.append(f"{name}: has no effect here: {flag.note}")
    return Review(tuple(errors), tuple(warnings), pods)


def _arguments(rest: Sequence[str]) -> list[tuple[str, str, Flag | None]]:
    found: list[tuple[str, str, Flag | None]] = []
    waiting = list(reversed(rest))
    while waiting:
        name, equals, value = waiting.pop().partition("=")
        flag = _BY_NAME.get(name)
        if flag is not None and not equals:
            value = waiting.pop() if flag.valued and waiting else "true"
        found.append((name, value.lower() if flag and not flag.valued else value, flag))
    return found


def _variables(environment: Mapping[str, str]) -> list[tuple[str, str, Flag | None]]:
    present = ((flag, environment.get(flag.variable)) for flag in _FOREIGN)
    return [
        (flag.variable, value if flag.valued else value.lower(), flag) for flag, value in present if value is not None
    ]
