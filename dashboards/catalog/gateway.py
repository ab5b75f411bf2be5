"""Cilium's Envoy as a gateway, and the certificates and records behind its names. Envoy counts time in milliseconds."""

from typing import Final

from dashboards.metric import table

GATEWAY: Final = table("""
envoy_http_downstream_rq_xx | counter | requests | envoy_response_code_class envoy_http_conn_manager_prefix | Answers to clients by class
envoy_http_downstream_rq_active | gauge | requests | envoy_http_conn_manager_prefix | Requests in flight
envoy_http_downstream_rq_time | histogram | milliseconds | envoy_http_conn_manager_prefix | Time from request to the end of the answer
envoy_http_ext_authz_ok | counter | requests | envoy_http_conn_manager_prefix | Requests that the authorizer let pass
envoy_http_ext_authz_denied | counter | requests | envoy_http_conn_manager_prefix | Requests that the authorizer refused
envoy_http_ext_authz_error | counter | requests | envoy_http_conn_manager_prefix | Requests for which the authorizer gave no answer
envoy_cluster_upstream_rq_xx | counter | requests | envoy_cluster_name envoy_response_code_class | Answers of backends by class
envoy_cluster_upstream_rq_time | histogram | milliseconds | envoy_cluster_name | Time that backends take
envoy_cluster_membership_healthy | gauge | count | envoy_cluster_name | Healthy members of a backend
certmanager_certificate_expiration_timestamp_seconds | gauge | timestamp | name namespace issuer_name | When a certificate ends
x509_cert_not_after | gauge | timestamp | subject_CN namespace | When a certificate of a third party ends
k8gb_gslb_healthy_records | gauge | count | namespace name | Healthy records of a global name
""")
