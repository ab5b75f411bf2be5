"""What benchmarks share: races between peers, floors, reports, and the physical limits."""
