#!/bin/sh
# with_display.sh COMMAND...: runs COMMAND in a virtual display with a window manager.
# Without a window manager no window becomes active, and shortcuts do nothing under xcb.
set -eu
work=$(mktemp -d)
xvfb= manager=
finish() {
  [ -z "$manager" ] || kill "$manager" 2>/dev/null || :
  [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || :
  wait 2>/dev/null || :
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
mkfifo "$work/display"
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
xvfb=$!
read -r number <"$work/display"
DISPLAY=:$number
QT_QPA_PLATFORM=xcb
export DISPLAY QT_QPA_PLATFORM
unset WAYLAND_DISPLAY || :
openbox >/dev/null 2>&1 &
manager=$!
status=0
"$@" || status=$?
exit "$status"
