# shellcheck shell=bash
# What the gate's and packaging's scripts share: where tools live, and how they get there.
# Sourced, never run. The caller stands in the project's folder and has set -euo pipefail.

# Tools outlive a clone, so a second run on one machine need not build them again.
tools="${SSM_PROBE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/ssm-probe-tools}"

# Installs Debian packages whose command or file is missing: need COMMAND_OR_FILE PACKAGE...
need() {
  local probe="$1"
  shift
  if [[ -e "$probe" ]] || command -v "$probe" >/dev/null; then
    return 0
  fi
  if [[ ! -e /tmp/.ssm-probe-apt-updated ]]; then
    as_root apt-get update -qq
    touch /tmp/.ssm-probe-apt-updated
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# Puts the pinned tools of .ci/tools.txt on the PATH.
need_python_tools() {
  local stamp="$tools/python/.installed"
  if ! cmp -s .ci/tools.txt "$stamp"; then
    need python3 python3 python3-venv
    python3 -c 'import ensurepip' 2>/dev/null || need /nonexistent python3-venv
    rm -rf "$tools/python"
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install -q --disable-pip-version-check -r .ci/tools.txt
    cp .ci/tools.txt "$stamp"
  fi
  export PATH="$tools/python/bin:$PATH"
}

# Puts pinned cargo tools on the PATH, built once: need_cargo_tools NAME@VERSION...
# Built without optimisation (they run for a second or two) and outside the project, whose
# static linking is not for them.
need_cargo_tools() {
  local missing=() tool
  for tool in "$@"; do
    [[ -e "$tools/bin/.${tool}" ]] || missing+=("$tool")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    mkdir -p "$tools/bin"
    (cd / && cargo install --quiet --locked --debug --force --root "$tools" "${missing[@]}")
    for tool in "${missing[@]}"; do touch "$tools/bin/.${tool}"; done
  fi
  export PATH="$tools/bin:$PATH"
}

# The triple that the project is built for here.
host_triple() {
  rustc -vV | sed -n 's/^host: //p'
}
