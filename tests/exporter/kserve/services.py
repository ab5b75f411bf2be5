"""InferenceServices as KServe's controller writes them, held to the schema of its CRD."""

from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from tests.exporter.kubernetes.apiserver import FakeApi, Object

SCHEMA: Final = Path(__file__).resolve().parents[2] / "data" / "kserve" / "inferenceservice.v1beta1.yaml"
PATH: Final = "/apis/serving.kserve.io/v1beta1/inferenceservices"


def closed(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """The schema as the API server applies it with strict field validation: what it does not name is an error."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        parts["additionalProperties"] = False
    return parts


VALIDATOR: Final = jsonschema.Draft202012Validator(closed(yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))))


def service(name: str = "llama", namespace: str = "ai-hub", **status: Any) -> Object:  # noqa: ANN401 - any status
    """A service that is ready, serves one revision, and has one to four replicas; `status` changes what it says."""
    condition = {"status": "True", "severity": "Info", "lastTransitionTime": "2026-11-29T22:00:00Z"}
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{namespace}-{name}", "generation": 3},
        "spec": {
            "predictor": {
                "minReplicas": 1,
                "maxReplicas": 4,
                "model": {"modelFormat": {"name": "huggingface"}, "runtime": "kserve-vllm", "args": ["--model_name"]},
            }
        },
        "status": {
            "deploymentMode": "Serverless",
            "observedGeneration": 3,
            "conditions": [{"type": kind} | condition for kind in ("IngressReady", "PredictorReady", "Ready")],
            "components": {
                "predictor": {
                    "latestReadyRevision": f"{name}-00002",
                    "traffic": [{"revisionName": f"{name}-00002", "latestRevision": True, "percent": 100}],
                }
            },
            "modelStatus": {
                "copies": {"totalCopies": 2, "failedCopies": 0},
                "states": {"activeModelState": "Loaded", "targetModelState": "Loaded"},
                "transitionStatus": "UpToDate",
            },
        }
        | status,
    }


def unready(name: str, reason: str = "RevisionFailed") -> Object:
    """A service whose predictor fails."""
    changed = "2026-11-29T23:00:00Z"
    return service(
        name,
        conditions=[
            {"type": "PredictorReady", "status": "False", "reason": reason, "lastTransitionTime": changed},
            {"type": "Ready", "status": "False", "reason": reason, "lastTransitionTime": changed},
        ],
        modelStatus={
            "transitionStatus": "BlockedByFailedLoad",
            "states": {"activeModelState": "", "targetModelState": "FailedToLoad"},
            "copies": {"failedCopies": 1},
            "lastFailureInfo": {"reason": "ModelLoadFailed", "message": "no such file", "exitCode": 1},
        },
    )


def api(*objects: Object) -> FakeApi:
    """An API server that has these, and takes nothing that is no InferenceService."""
    fake = FakeApi(PATH, validate=VALIDATOR.validate)
    for item in objects:
        fake.put(item)
    return fake
