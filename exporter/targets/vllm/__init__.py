"""vLLM: what its endpoints say, what is remembered of it, and the verdict that follows."""
