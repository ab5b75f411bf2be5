"""What Kubernetes and its controllers tell of workloads: kube-state-metrics, the kubelet, Knative, and Flux."""

from typing import Final

from dashboards.metric import table

KUBERNETES: Final = table("""
kube_pod_status_phase | gauge | state | namespace pod phase | 1 for the phase of a pod
kube_deployment_spec_replicas | gauge | count | namespace deployment | Replicas that a deployment wants
kube_deployment_status_replicas_available | gauge | count | namespace deployment | Replicas that are available
kube_pod_container_status_restarts_total | counter | events | namespace pod container | Restarts of a container
kube_pod_container_resource_limits | gauge | bytes | namespace pod container resource | Limits of a container
container_memory_working_set_bytes | gauge | bytes | namespace pod container image | Memory in use that cannot be dropped
container_cpu_usage_seconds_total | counter | cores | namespace pod container image | Processor time
kubelet_volume_stats_used_bytes | gauge | bytes | namespace persistentvolumeclaim | Used space of a volume
kubelet_volume_stats_capacity_bytes | gauge | bytes | namespace persistentvolumeclaim | Size of a volume
kn_revision_pods_count | gauge | count | kn_revision_name kn_configuration_name k8s_namespace_name | Pods of a Knative revision
kn_revision_pods_desired | gauge | count | kn_revision_name kn_configuration_name k8s_namespace_name | Pods that the autoscaler wants
kn_serving_invocation_duration_seconds | histogram | seconds | kn_configuration_name http_response_status_code | Time of a call as the queue-proxy sees it
gotk_resource_info | gauge | state | customresource_kind name exported_namespace ready suspended revision | 1 for each Flux resource
gotk_reconcile_duration_seconds | histogram | seconds | kind name namespace | How long a reconciliation takes
controller_runtime_reconcile_total | counter | events | controller result | Reconciliations by result
controller_runtime_reconcile_time_seconds | histogram | seconds | controller | Time of a pass of a controller
workqueue_longest_running_processor_seconds | gauge | seconds | name | The longest pass that runs now
workqueue_depth | gauge | count | name | Resources that wait for a pass
workqueue_queue_duration_seconds | histogram | seconds | name | How long a resource waits for its pass
rest_client_requests_total | counter | requests | code method host | Calls to the API server
process_resident_memory_bytes | gauge | bytes | | Memory of a process
process_cpu_seconds_total | counter | cores | | Processor time of a process
""")
