"""One evaluation of SLOs over samples: error ratios, burn rates, budgets and alert states per instance."""

from emberline.evaluation.document import document, rfc3339
from emberline.evaluation.evaluate import evaluate_all
from emberline.evaluation.horizon import demand, reach
from emberline.evaluation.result import AlertState, Result, Verdict, WindowBurn

__all__ = ["AlertState", "Result", "Verdict", "WindowBurn", "demand", "document", "evaluate_all", "reach", "rfc3339"]
