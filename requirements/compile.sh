#!/bin/sh
# Write the hash-locked requirements anew. Needs `uv`. No index lines: whoever installs names the registry.
set -eu
cd "$(dirname "$0")/.."
lock() {
  uv pip compile pyproject.toml "$@" --universal --generate-hashes --python-version 3.11 \
    --no-emit-index-url --no-emit-find-links --no-header --quiet
}
lock -o requirements/runtime.txt
lock --extra letters --group build --group test --group check -c requirements/runtime.txt -o requirements/dev.txt
lock --extra spark -c requirements/dev.txt -o requirements/spark.txt
