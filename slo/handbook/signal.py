"""The signals of an alert: expressions that show the same trouble, each with the data that prove it."""

from typing import Annotated

from pydantic import Field, StringConstraints

from slo.handbook.proof import Proof
from slo.handbook.template import Template
from slo.indicator import Written
from slo.scalar import Length, Promql


class Signal(Written):
    """An alert per series that `expr` yields, firing once it did so for `for_`.

    `name` tells it apart from the alert's other signals, `description` says what it sees where the alert's own does
    not fit.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    expr: Promql
    for_: Length = Field(alias="for")
    description: Template | None = None
    proof: Proof
