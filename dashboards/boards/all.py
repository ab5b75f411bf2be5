"""Every dashboard, in the handbook's order, then the SLOs'."""

from dashboards.board import Board
from dashboards.boards import (
    ai_hub_overview,
    billing,
    cilium_network,
    cnpg_postgres,
    flux_gitops,
    gpu_metrics,
    keycloak_auth,
    llm_inference,
    open_banking,
    platform_overview,
    rag_analytics,
    slo_detail,
    slo_overview,
    user_analytics,
    vector_search,
)
from dashboards.promised import Promised

_MODULES = (
    platform_overview,
    cilium_network,
    flux_gitops,
    cnpg_postgres,
    ai_hub_overview,
    gpu_metrics,
    llm_inference,
    rag_analytics,
    vector_search,
    user_analytics,
    open_banking,
    keycloak_auth,
    billing,
    slo_overview,
)


def boards(promised: Promised) -> tuple[Board, ...]:
    """The thirteen of the handbook, the SLO overview, and a detail for each area of the tables."""
    details = (slo_detail.board(promised, area) for area in promised.areas)
    return (*(module.board(promised) for module in _MODULES), *details)
