"""Every simulated component, from one seed and the moment the demo starts."""

from dataclasses import dataclass, field
from typing import Self

from emberline.demo.banking import identity
from emberline.demo.component import Component
from emberline.demo.fabric import fabric
from emberline.demo.gateway import gateway
from emberline.demo.inference import inference
from emberline.demo.relay import relay
from emberline.demo.script import Script
from emberline.demo.vectors import vectors


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
            ),
        )
