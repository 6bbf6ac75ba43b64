#!/bin/sh
# virtual_microphone.sh COMMAND...: runs COMMAND with a sound server of its own, whose default source
# hears what is played on its sink "mouth". Needs pulseaudio and pulseaudio-utils.
set -eu
work=$(mktemp -d)
chmod 700 "$work"
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || :
  wait 2>/dev/null || :
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
XDG_RUNTIME_DIR=$work
PULSE_RUNTIME_PATH=$work
PULSE_STATE_PATH=$work
PULSE_CLIENTCONFIG=/dev/null
PULSE_SERVER=unix:$work/native
export XDG_RUNTIME_DIR PULSE_RUNTIME_PATH PULSE_STATE_PATH PULSE_CLIENTCONFIG
pulseaudio -n --daemonize=no --exit-idle-time=-1 --log-level=error --log-target=stderr \
  -L "module-native-protocol-unix socket=$work/native auth-anonymous=1" \
  -L "module-null-sink sink_name=mouth rate=48000 channels=1" \
  -L "module-remap-source master=mouth.monitor source_name=microphone" &
server=$!
export PULSE_SERVER
tries=0
until pactl info >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo "the sound server does not start" >&2; exit 1; }
  sleep 0.1
done
pactl set-default-source microphone
pactl set-default-sink mouth
status=0
"$@" || status=$?
exit "$status"
