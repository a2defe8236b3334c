# shellcheck shell=sh
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload >/dev/null 2>&1 || :
fi
# Reports of a program that is gone help nobody.
if [ "$1" -eq 0 ]; then
  rm -rf /var/lib/ssm-probe /run/ssm-probe
  # cargo-generate-rpm lists files and no folders, so these would stay, empty.
  rmdir /usr/share/ssm-probe /usr/libexec/ssm-probe /usr/share/doc/ssm-probe \
    /usr/share/licenses/ssm-probe 2>/dev/null || :
fi
