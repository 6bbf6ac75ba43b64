#!/bin/sh
# Installs what the tests need and runs the whole suite; further words go to pytest.
#   sh installer/test.sh [PYTEST ARGUMENTS]
set -eu
cd "$(dirname "$0")/.."
. installer/setup.lib.sh
need_packages $RUNTIME_PACKAGES $WINDOW_PACKAGES
want_packages $ORACLE_PACKAGES
make_environment
PATH=$(pwd)/.venv/bin:$PATH
export PATH
# The speech models, once; without them the tests that listen are skipped.
python -m workstation dictation check | grep -q "not installed" &&
  { python -m workstation dictation install || say "The speech models could not be installed."; }
if [ $# -eq 0 ]; then
  ruff check .
  ruff format --check .
  mypy
  lint-imports
  set -- -n 2 --dist loadfile
fi
QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen} exec python -m pytest "$@"
