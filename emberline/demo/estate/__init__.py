"""What runs around the services that SLOs speak of: the network, Kubernetes, databases, delivery, usage and billing."""

from emberline.demo.component import Component
from emberline.demo.estate import billing, database, delivery, kubernetes, network, usage
from emberline.demo.script import Script


def estate(script: Script) -> tuple[Component, ...]:
    """Every component that dashboards read beside those of the SLO tables."""
    return tuple(
        component
        for part in (network, kubernetes, delivery, database, usage, billing)
        for component in part.components(script)
    )
