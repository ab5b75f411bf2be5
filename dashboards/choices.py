"""The variables at the top of a dashboard, from the scope that its queries share."""

from typing import Final

from dashboards.board import Variable
from dashboards.scope import Scope

_TITLES: Final = {
    "cluster": "Cluster",
    "job": "Job",
    "instance": "Instance",
    "namespace": "Namespace",
    "model": "Model",
    "gpu": "GPU",
    "database": "Database",
    "realm": "Realm",
    "team": "Team",
}
_ALWAYS_THERE: Final = ("job", "instance")
"""Labels that every scraped series has."""


def choices(scope: Scope, *metrics: str) -> tuple[Variable, ...]:
    """A variable for each label of the scope; `metrics` are series that together have all of its values."""
    return tuple(
        Variable(variable, _TITLES[variable], metrics, label, ".+" if label in _ALWAYS_THERE else ".*")
        for label, variable in scope.choices
    )
