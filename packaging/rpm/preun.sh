# shellcheck shell=sh
# $1 = how many versions stay: 0 at removal, 1 at an upgrade.
if [ "$1" -eq 0 ] && [ -d /run/systemd/system ]; then
  systemctl --no-reload disable --now ssm-probe.timer >/dev/null 2>&1 || :
fi
