"""D10, User Analytics: who uses the hub, how much, for how much money, and who is about to be stopped."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import from_above, from_below, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.quantity import Quantity
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance", "team")
_ALL: Final = Scope.of("cluster", "job", "instance")
_HOUR: Final = "3600"


def board(promised: Promised) -> Board:
    """The handbook's D10."""
    return Board(
        id="D10",
        uid="emberline-user-analytics",
        title="User Analytics",
        description="Requests, tokens and spend by team, user, key and model, from LiteLLM. An agent is a key of its "
        "own here; single conversations live in LangFuse.",
        tags=("emberline", "ai-hub", "usage"),
        variables=choices(_AT, "litellm_requests_metric_total"),
        rows=(_glance(), _teams(), _users(), _budgets(), _stopped()),
        alerts=firing("ai-hub"),
        links=promised.details("ai-hub"),
    )


def _hourly(*by: str) -> Quantity:
    return _AT.rate("litellm_spend_metric_total", *by).times(_HOUR, "currencyUSD")


def _glance() -> Row:
    tokens = _AT.rate("litellm_total_tokens_metric_total")
    return Row(
        "How much is the hub used?",
        (
            stat("Active users", "Users of the last while.", _ALL.level("litellm_active_users", reduce="max")),
            stat("Requests", "A second.", _AT.rate("litellm_requests_metric_total")),
            stat("Tokens", "A second, in and out.", tokens),
            stat("Spend", "Per hour.", _hourly()),
            stat(
                "Tokens for a request",
                "A rise is a change of habit: longer prompts, or agents that loop.",
                tokens.per(_AT.rate("litellm_requests_metric_total"), "short"),
            ),
            stat(
                "Smallest budget left",
                "Of all teams, as a share. At zero the team gets errors.",
                _AT.level("litellm_remaining_team_budget_metric", "team", reduce="min")
                .per(_AT.level("litellm_team_max_budget_metric", "team", reduce="max"), "percentunit")
                .reduced("min"),
                marks=from_below(0.1, 0.25),
            ),
        ),
    )


def _teams() -> Row:
    return Row(
        "Which team?",
        (
            lines(
                "Requests by team",
                "Who carries the load.",
                _AT.rate("litellm_requests_metric_total", "team"),
                width=8,
                stacked=True,
            ),
            lines(
                "Tokens by team",
                "In and out.",
                _AT.rate("litellm_total_tokens_metric_total", "team"),
                width=8,
                stacked=True,
            ),
            lines("Spend per hour by team", "What it costs.", _hourly("team"), width=8, stacked=True),
            lines(
                "Tokens by model",
                "Dear models for simple questions are worth a talk.",
                _AT.rate("litellm_total_tokens_metric_total", "model"),
                width=8,
            ),
            lines("Spend per hour by model", "By model.", _hourly("model"), width=8),
            lines(
                "In and out",
                "Far more in than out: long prompts; look at the prefix cache in LLM Inference.",
                _AT.rate("litellm_input_tokens_metric_total").named("in"),
                _AT.rate("litellm_output_tokens_metric_total").named("out"),
                width=8,
            ),
        ),
    )


def _users() -> Row:
    key = ("team", "user")
    return Row(
        "Which user, which agent?",
        (
            table(
                "Users",
                "Of the time range that is shown.",
                key,
                _AT.total("litellm_requests_metric_total", *key).column("Requests"),
                _AT.total("litellm_total_tokens_metric_total", *key).column("Tokens"),
                _AT.total("litellm_spend_metric_total", *key).column("Spend"),
                width=12,
                height=10,
            ),
            table(
                "Agents",
                "Keys, one for each agent or application.",
                ("team", "api_key_alias"),
                _AT.total("litellm_requests_metric_total", "team", "api_key_alias").column("Requests"),
                _AT.total("litellm_total_tokens_metric_total", "team", "api_key_alias").column("Tokens"),
                _AT.total("litellm_spend_metric_total", "team", "api_key_alias").column("Spend"),
                width=12,
                height=10,
            ),
            lines(
                "Tokens by user, top ten",
                "A line that does not sleep is a machine.",
                _AT.rate("litellm_total_tokens_metric_total", *key).top(10),
            ),
            lines(
                "Requests by agent, top ten",
                "Keys.",
                _AT.rate("litellm_requests_metric_total", "api_key_alias").top(10),
            ),
        ),
    )


def _budgets() -> Row:
    left = _AT.level("litellm_remaining_team_budget_metric", "team", reduce="min")
    pace = _AT.rate("litellm_spend_metric_total", "team")
    return Row(
        "Whose budget ends?",
        (
            lines("Budget left by team", "In dollars.", left, width=8),
            lines(
                "Budget ends in",
                "At the pace of now. Zero: LLMGatewayQuotaExhausted.",
                left.per(pace, "s"),
                width=8,
                marks=from_below(86_400, 604_800),
            ),
            lines(
                "Budget left by key",
                "In dollars.",
                _ALL.level("litellm_remaining_api_key_budget_metric", "api_key_alias", reduce="min"),
                width=8,
            ),
        ),
    )


def _stopped() -> Row:
    quota = 'exception_class=~".*BudgetExceeded.*|.*RateLimit.*"'
    return Row(
        "Who is being stopped?",
        (
            lines(
                "Refused for quota, by team and user",
                "Each is a user who cannot work. LLMGatewayQuotaExhausted.",
                _AT.rate(f"litellm_proxy_failed_requests_metric_total{{{quota}}}", "team", "user"),
            ),
            lines(
                "Share of refused requests by team",
                "Above a few per cent the quota is too small, or an agent loops.",
                _AT.rate(f"litellm_proxy_failed_requests_metric_total{{{quota}}}", "team").share_of(
                    _AT.rate("litellm_proxy_total_requests_metric_total", "team")
                ),
                marks=from_above(0.01, 0.05),
            ),
        ),
    )
