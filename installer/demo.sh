#!/bin/sh
# Sets up a bare machine and opens the workstation on the embedded reading service.
#   sh installer/demo.sh [--studies DIR] [--home DIR] [--out DIR]
# --studies DIR  serves the DICOM of that folder instead of the phantoms
# --home DIR     keeps everything there (default: a fresh temporary folder for each demo)
# --out DIR      where the tour leaves its pictures when there is no display (default: ./tour)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
studies= home= out=
while [ $# -gt 0 ]; do
  case "$1" in
    --studies) studies=$(cd "${2:?--studies needs a folder}" && pwd); shift 2 ;;
    --home) mkdir -p "${2:?--home needs a folder}"; home=$(cd "$2" && pwd); shift 2 ;;
    --out) mkdir -p "${2:?--out needs a folder}"; out=$(cd "$2" && pwd); shift 2 ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) printf 'unknown option %s; see --help\n' "$1" >&2; exit 2 ;;
  esac
done
[ -n "$out" ] || out=$(pwd)/tour
cd "$here"
. installer/setup.lib.sh
need_packages $RUNTIME_PACKAGES $WINDOW_PACKAGES
make_environment
set --
[ -z "$studies" ] || set -- "$@" --studies "$studies"
[ -z "$home" ] || set -- "$@" --home "$home"
if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
  exec .venv/bin/nocturne demo "$@"
fi
mkdir -p "$out"
say "No display here: the guided tour runs in a virtual one."
sh installer/with_display.sh .venv/bin/nocturne tour --out "$out" "$@"
say "Screenshots and the delivered report (report.dcm) lie in $out"
