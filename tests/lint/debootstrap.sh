#!/usr/bin/env bash
# Makes the Debian root that `cargo test --test image` spoils, once, and prints where it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib.sh
source .ci/lib.sh

# Beside the build: copies share its files, which needs one file system.
root="$PWD/target/image/bookworm"
if [[ ! -e "$root.made" ]]; then
  need debootstrap debootstrap
  rm -rf "$root"
  mkdir -p "$root"
  as_root debootstrap --variant=minbase --include=ca-certificates,systemd-sysv bookworm "$root" >&2
  # `mknod` makes these; a lint does not look there, and a copy need not hold them.
  as_root rm -rf "$root/dev" "$root/proc" "$root/sys"
  as_root rm -rf "$root/var/cache/apt"
  touch "$root.made"
fi
echo "$root"
