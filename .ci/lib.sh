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
need_python_tools() { need_python .ci/tools.txt python; }

# The same for .ci/tools-packaging.txt.
need_packaging_tools() { need_python .ci/tools-packaging.txt packaging; }

# need_python LIST FOLDER: what the list pins, in an environment of its own.
need_python() {
  local stamp="$tools/$2/.installed"
  if ! cmp -s "$1" "$stamp"; then
    need python3 python3 python3-venv
    python3 -c 'import ensurepip' 2>/dev/null || need /nonexistent python3-venv
    rm -rf "${tools:?}/$2"
    python3 -m venv "$tools/$2"
    "$tools/$2/bin/pip" install -q --disable-pip-version-check -r "$1"
    cp "$1" "$stamp"
  fi
  export PATH="$tools/$2/bin:$PATH"
}

# What packaging/build and the tests of its packages need of crates.io.
# shellcheck disable=SC2034 # used by those who source this
packaging_tools=(cargo-auditable@0.7.7 cargo-deb@3.8.0 cargo-generate-rpm@0.21.1 cargo-cyclonedx@0.5.9)

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

# Where roots made by debootstrap are kept between runs.
roots="${SSM_PROBE_ROOTS:-$tools/roots}"

# Makes a Debian root once and keeps it as an archive: need_root SUITE [PACKAGE,…].
# One with more packages is made of the one without.
need_root() {
  local name new log
  name="$(root_name "$@")"
  [[ -e "$roots/$name.tar" ]] && return
  new="$roots/$name.new" log="$roots/$name.log"
  mkdir -p "$roots"
  as_root rm -rf "$new"
  if [[ -z "${2:-}" ]]; then
    need debootstrap debootstrap
    as_root debootstrap --variant=minbase "$1" "$new" >"$log" 2>&1
  else
    fresh_root "$1" "$new"
    as_root chroot "$new" apt-get update -qq >"$log" 2>&1
    # shellcheck disable=SC2086 # one word for each package
    as_root chroot "$new" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends ${2//,/ } >>"$log" 2>&1
  fi || { tail -n 20 "$log" >&2; return 1; }
  as_root tar -C "$new" --exclude='./var/cache/apt/archives/*.deb' -cf "$roots/$name.tar.new" .
  as_root rm -rf "$new"
  mv "$roots/$name.tar.new" "$roots/$name.tar"
}

root_name() { echo "$1${2:+-$2}" | tr ',' '-'; }

# Lays out a fresh copy of a root: fresh_root SUITE FOLDER [PACKAGE,…].
fresh_root() {
  need_root "$1" "${3:-}"
  as_root rm -rf "$2"
  mkdir -p "$2"
  as_root tar -C "$2" -xf "$roots/$(root_name "$1" "${3:-}").tar"
}
