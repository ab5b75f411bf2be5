"""What is odd about rows although they can be used, as far as their text alone can tell."""

from slo.table.linting.objectives import several_objectives
from slo.table.linting.row import lint
from slo.table.linting.windows import SCRAPE_INTERVAL

__all__ = ["SCRAPE_INTERVAL", "lint", "several_objectives"]
