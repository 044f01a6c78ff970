"""Speed and size of cleanclaim, measured. `make bench` runs `python -m benchmarks.run`."""
