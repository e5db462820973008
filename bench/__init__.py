"""Benchmarks: each prints ratios measured in one run. The figures stand in docs/performance.md."""
