"""The `emberline` program, one module per command."""
