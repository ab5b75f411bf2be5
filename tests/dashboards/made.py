"""The dashboards of the shipped tables."""

from dashboards.boards.all import boards
from dashboards.promised import Promised
from tests.rules.plans import shipped_plans

BOARDS = boards(Promised(shipped_plans()))
