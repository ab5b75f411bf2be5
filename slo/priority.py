"""How soon somebody must act: the handbook's four priorities, and the severities by which alerts are routed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Priority: TypeAlias = Literal["P1", "P2", "P3", "P4"]
Severity: TypeAlias = Literal["critical", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Response:
    """What a priority means: its severity, when somebody must respond, and what is wrong."""

    severity: Severity
    respond: str
    meaning: str


PRIORITIES: Final[Mapping[Priority, Response]] = {
    "P1": Response("critical", "within 15 minutes", "the platform is down"),
    "P2": Response("critical", "within 1 hour", "a major feature is broken"),
    "P3": Response("warning", "within 4 hours", "a minor fault"),
    "P4": Response("info", "on the next business day", "low"),
}
TICKET: Final[Priority] = "P3"
"""The priority of what must be looked at, and wakes nobody."""
