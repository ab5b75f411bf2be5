"""Milvus: row A6."""

import json
from typing import Final

from emberline.demo.captured import Direction, captured
from emberline.demo.component import Component, assemble
from emberline.demo.driver import All, Bad, Good, Rate
from emberline.demo.flow import Flow
from emberline.demo.metrics import Spread
from emberline.demo.script import Script

_CAPTURED_SEARCHES: Final = 720
_COLLECTIONS: Final = {"code": 200, "data": ["docs"]}
_FIELDS: Final = (("id", "Int64", True), ("vec", "FloatVector(1024)", False), ("tag", "VarChar(64)", False))
_DOCS: Final = {
    "code": 200,
    "data": {
        "collectionName": "docs",
        "description": "",
        "enableDynamicField": True,
        "fields": [
            {"autoId": False, "description": "", "name": name, "primaryKey": key, "type": kind}
            for name, kind, key in _FIELDS
        ],
        "indexes": [{"fieldName": "vec", "indexName": "vec", "metricType": "COSINE"}],
        "load": "LoadStateLoaded",
        "shardsNum": 2,
    },
}


def vectors(script: Script) -> Component:
    """A standalone Milvus that answers 30 searches a second, in milliseconds."""
    search = script.traffic("vector search", 30, 0.013)
    query = Flow.drawn("vector query", script.seed, script.origin_ms, 4)
    searches = ((Good(search), Spread(11, 0.55)), (Bad(search), Spread(95, 0.3)))
    queries = ((All(query), Spread(3.5, 0.6)),)
    parts = ((Good(search), 1.0), (Bad(search), 1.0))
    direction = Direction(
        load=All(search.flow),
        unit=_CAPTURED_SEARCHES,
        started_ms=script.origin_ms,
        numbers={
            "milvus_proxy_search_vectors_count": parts,
            'milvus_proxy_received_nq{query_type="search"}': parts,
            "milvus_proxy_tt_lag_ms": ((Rate(query), 60.0),),
        },
        spreads={
            'milvus_proxy_sq_latency{query_type="search"}': searches,
            'milvus_proxy_sq_latency{query_type="query"}': queries,
            'milvus_proxy_collection_sq_latency{query_type="search"}': searches,
            'milvus_proxy_collection_sq_latency{query_type="query"}': queries,
        },
    )
    return assemble(
        "milvus",
        "milvus.ai-hub:9091",
        captured("milvus", direction),
        (
            ("/healthz", "OK"),
            ("/v1/vector/collections", json.dumps(_COLLECTIONS)),
            ("/v1/vector/collections/describe", json.dumps(_DOCS)),
        ),
    )
