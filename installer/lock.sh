#!/bin/sh
# Writes the locks anew from pyproject.toml, every version pinned, every file hashed:
#   lock.sh           installer/requirements.lock
#   lock.sh engines   installer/engines.lock: the program and the extra `engines`, on the versions of
#                     requirements.lock
# Needs uv (pip install uv). Look at the difference before you commit it.
set -eu
cd "$(dirname "$0")/.."
extras="--extra test --extra build" to=installer/requirements.lock with=
if [ "${1:-}" = engines ]; then
  extras="--extra engines" to=installer/engines.lock with="--constraint installer/requirements.lock"
fi
# shellcheck disable=SC2086 # the options are words
exec uv pip compile pyproject.toml $extras $with --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header --quiet -o "$to"
