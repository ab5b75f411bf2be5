"""Samples in Prometheus' XOR chunks: written, read, held by the series, and windows that move over what is held."""

from native.chunks.faults import XOR, ChunkError
from native.chunks.kernel import COMPILED, History, Windows, decode, encode

__all__ = ["COMPILED", "XOR", "ChunkError", "History", "Windows", "decode", "encode"]
