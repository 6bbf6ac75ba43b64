#!/bin/sh
# Writes installer/requirements.lock anew from pyproject.toml: every version pinned, every file hashed.
# Needs uv (pip install uv). Look at the difference before you commit it.
set -eu
cd "$(dirname "$0")/.."
exec uv pip compile pyproject.toml --extra test --extra build --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header --quiet -o installer/requirements.lock
