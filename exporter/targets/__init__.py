"""Probes of vLLM and Milvus: what their endpoints answer, as verdicts.

The packages `vllm` and `milvus` and the modules `answer`, `document`, `catalog` and `observation` are pure: values in,
values out. Only `exchange` owns a socket, and only `watch` owns a clock.
"""
