"""Milvus: health of its components, its collections, and how old its maintenance is."""
