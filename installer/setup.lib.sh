# Sourced by demo.sh and test.sh: what a bare Debian 12 or Ubuntu needs, installed once.
# A second run finds everything in place and changes nothing.

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else fail "Debian packages are missing and this needs root: run it as root, or install sudo."
  fi
}

# Qt offscreen; then what a window under Xvfb needs on top of it.
RUNTIME_PACKAGES="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libpulse0"
WINDOW_PACKAGES="xvfb xauth openbox libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
  libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
# Other people's programs that the tests ask for the right answer. Without one its tests skip.
ORACLE_PACKAGES="dicom3tools dcmtk orthanc orthanc-dicomweb xdotool poppler-utils unicode-data
  openssl"

apt_updated=
apt_install() {
  if [ -z "$apt_updated" ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@" >&2
}

is_installed() {
  # A package may be there under its 64-bit-time name (Ubuntu 24.04 and later).
  for name in "$1" "$1t64"; do
    case "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" in *" installed") return 0 ;; esac
  done
  return 1
}

missing_of() {
  for package in "$@"; do is_installed "$package" || printf '%s ' "$package"; done
}

need_packages() {
  command -v dpkg-query >/dev/null 2>&1 || {
    say "This is no Debian or Ubuntu: install Qt's libraries and Xvfb by hand if a window does not open."
    return 0
  }
  missing=$(missing_of "$@")
  [ -z "$missing" ] || apt_install $missing
}

want_packages() {
  # Each alone, so that one that this system does not have does not take the others with it. A
  # package that brings a server must not start it: the tests start their own, on loopback.
  command -v dpkg-query >/dev/null 2>&1 || return 0
  missing=$(missing_of "$@")
  [ -n "$missing" ] || return 0
  policy=/usr/sbin/policy-rc.d
  made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    made=yes
  fi
  for package in $missing; do
    apt_install "$package" || say "$package could not be installed: the tests that ask it are skipped."
  done
  [ -z "$made" ] || as_root rm -f "$policy"
}

find_python() {
  for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  return 1
}

make_environment() {
  # One virtual environment, .venv, with the locked requirements. The stamp names what is in it.
  wanted=$(cat installer/requirements.lock pyproject.toml setup.py workstation/imaging/*.c 2>/dev/null | cksum)
  stamp=.venv/installed.stamp
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
  if ! python=$(find_python); then
    need_packages python3
    python=$(find_python) || fail "Nocturne needs Python 3.11 or newer, and this system has none."
  fi
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    apt_install "python$version-venv" || apt_install python3-venv
  fi
  say "Installing the locked requirements into .venv (once, about 700 MB) ..."
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r installer/requirements.lock
  # The project itself: no dependencies, no isolation, so nothing unlocked is fetched.
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation --editable .
  printf '%s\n' "$wanted" >"$stamp"
}
