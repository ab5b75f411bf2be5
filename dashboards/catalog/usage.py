"""LiteLLM, the gateway to the models: who uses what, and for how much."""

from typing import Final

from dashboards.metric import table

USAGE: Final = table("""
litellm_proxy_total_requests_metric_total | counter | requests | requested_model status_code team user api_key_alias | Requests to the gateway
litellm_proxy_failed_requests_metric_total | counter | requests | requested_model exception_status exception_class team user api_key_alias | Requests that failed
litellm_request_total_latency_metric | histogram | seconds | requested_model | Time of a request, gateway and model
litellm_llm_api_latency_metric | histogram | seconds | requested_model | Time that the model takes of it
litellm_deployment_state | gauge | state | litellm_model_name api_base | 0 healthy, 1 partly failing, 2 out of service
litellm_requests_metric_total | counter | requests | end_user user team model api_key_alias | Requests by user
litellm_total_tokens_metric_total | counter | tokens | end_user user team model api_key_alias | Tokens in and out by user
litellm_input_tokens_metric_total | counter | tokens | end_user user team model api_key_alias | Tokens in by user
litellm_output_tokens_metric_total | counter | tokens | end_user user team model api_key_alias | Tokens out by user
litellm_spend_metric_total | counter | dollars | end_user user team model api_key_alias | Spend by user
litellm_remaining_team_budget_metric | gauge | dollars | team team_alias | What is left of a team's budget
litellm_team_max_budget_metric | gauge | dollars | team team_alias | A team's budget
litellm_remaining_api_key_budget_metric | gauge | dollars | api_key_alias | What is left of a key's budget
litellm_active_users | gauge | count | | Users of the last while
""")
