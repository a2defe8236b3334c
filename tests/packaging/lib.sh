# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source this
# What the tests of the packages share. Sourced from the project's folder, after .ci/lib.sh.

version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n1)"
dist=target/dist
built="$dist/ssm-probe-$version-$(host_triple)"
# Roots under test are made here and removed at the end.
work="$(mktemp -d "${TMPDIR:-/tmp}/ssm-probe-packaging.XXXXXX")"
trap 'rm -rf --one-file-system "$work"' EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
say() { printf '  %s\n' "$*"; }

# The release that is under test; built once for all steps.
need_dist() {
  [[ -e "$dist/SHA256SUMS" && "$dist/SHA256SUMS" -nt Cargo.lock && -z "$(newer_sources)" ]] || packaging/build >/dev/null
}
newer_sources() { find src Cargo.toml packaging -newer "$dist/SHA256SUMS" -type f -print -quit; }

# Goes on in a network namespace of its own, with nothing but loopback: seal "$0" "$@".
seal() {
  if [[ -z "${SSM_PROBE_SEALED:-}" ]]; then
    rm -rf "$work"
    exec unshare --net env SSM_PROBE_SEALED=1 "$@"
  fi
  ip link set lo up
}

# Runs a command in a root: in_root ROOT COMMAND… Whatever it mounts is gone when it ends.
# A lab that is up is seen in the root too; IN_ROOT_READ_ONLY makes the whole root read-only, IN_ROOT_TERMINALS
# lets it open terminals, as sshd does.
in_root() {
  [[ -z "${SSM_PROBE_LAB:-}" ]] || mkdir -p "$1$SSM_PROBE_LAB"
  # shellcheck disable=SC2016 # expanded inside
  unshare --mount --pid --fork --propagation private bash -euo pipefail -c '
    root=$1; shift
    mount --bind "$root" "$root"
    [[ ! -d "$root/proc" ]] || mount -t proc proc "$root/proc"
    if [[ -n "${IN_ROOT_TERMINALS:-}" ]]; then
      mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
      ln -sfn pts/ptmx "$root/dev/ptmx"
    fi
    [[ -z "${IN_ROOT_READ_ONLY:-}" ]] || mount -o remount,bind,ro "$root"
    [[ -z "${SSM_PROBE_LAB:-}" ]] || mount --bind "$SSM_PROBE_LAB" "$root$SSM_PROBE_LAB"
    cd "$root"
    exec chroot "$root" "$@"
  ' in_root "$@"
}

# Builds `with-lab`, and tells where it lies to whatever is started from here.
need_with_lab() {
  [[ -z "${SSM_PROBE_WITH_LAB:-}" ]] || return 0
  SSM_PROBE_WITH_LAB="$(cargo test --locked --no-run --test with-lab --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*with_lab[^"]*\)".*/\1/p')"
  [[ -x "$SSM_PROBE_WITH_LAB" ]] || fail "with-lab is not built"
  export SSM_PROBE_WITH_LAB
}

# The same, in the simulated AWS of a scenario: in_lab SCENARIO ROOT COMMAND…
in_lab() {
  local scenario="$1"
  shift
  "$SSM_PROBE_WITH_LAB" "$scenario" \
    bash -c 'source .ci/lib.sh; source tests/packaging/lib.sh; in_root "$@"' in_lab "$@"
}

# Every file of a root but the package managers' own books, with kind, mode, owner and content.
inventory() {
  (cd "$1" && find . -xdev \( -path ./proc -o -path ./var/lib/dpkg -o -path ./var/lib/rpm -o -path ./var/log \
    -o -path ./var/cache -o -path ./tmp -o -path ./var/lib/systemd \) -prune -o -printf '%p %y %m %u %g %l ' \
    \( -type f -exec sha256sum {} \; -o -printf '\n' \)) | sort
}

# What `check` says of a host off AWS without an agent: a whole report, and exit status 1.
check_off_aws() {
  local report status=0
  report="$(in_root "$1" /usr/bin/ssm-probe check -o json)" || status=$?
  [[ $status -eq 1 ]] || fail "check ended with $status in $1"
  python3 - "$report" <<'PY' || fail "check in $1 said: $report"
import json, sys
report = json.loads(sys.argv[1])
assert report["schema"] == "ssm-probe/report/1"
assert report["verdict"]["cause"] in ("agent-not-installed", "not-registered"), report["verdict"]
assert len(report["paths"]) == 5 and len(report["checks"]) > 20
PY
}
