"""Every simulated component, from one seed and the moment the demo starts."""

from dataclasses import dataclass, field
from typing import Final, Self

from emberline.demo.banking import identity
from emberline.demo.component import SIMULATED, Component
from emberline.demo.estate import estate
from emberline.demo.fabric import fabric
from emberline.demo.gateway import gateway
from emberline.demo.inference import inference
from emberline.demo.relay import relay
from emberline.demo.script import Script
from emberline.demo.vectors import vectors
from emberline.sources.target import Target
from slo.duration import Duration
from slo.selector import labels_of

INTERVAL: Final = Duration.parse("5s")
"""How often the fleet is scraped: a demo should move while one looks."""


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """The components, and the script that they follow."""

    script: Script
    components: tuple[Component, ...] = field(repr=False)

    @classmethod
    def at(cls, now_ms: int, seed: int = 7) -> Self:
        """The fleet of a demo that starts at `now_ms`."""
        script = Script(seed, now_ms)
        return cls(
            script,
            (
                gateway(script),
                *inference(script),
                vectors(script),
                identity(script),
                *fabric(script),
                *relay(script),
                *estate(script),
            ),
        )


def target(component: Component, address: str, interval: Duration = INTERVAL) -> Target:
    """How to scrape a component at `http://host:port`.

    Its series bear the address it would have in a cluster as `instance`, so that they are the same whatever
    port it got, and what the page says of `simulated` (or a namespace) stays as it is.
    """
    labels = labels_of({"job": component.name, "instance": component.instance, SIMULATED[0]: SIMULATED[1]})
    return Target(component.name, f"{address}/metrics", labels, interval, honor_labels=True)
