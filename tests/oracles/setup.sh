#!/bin/sh
# Makes the Python environment that `cargo test --test oracles` needs, at target/oracles:
# botocore as a client of our lab, moto as a server for our calls.
set -eu
cd "$(dirname "$0")/../.."
environment=target/oracles
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check \
  'moto[server,iam,ssm,sts]==5.1.*' 'botocore>=1.40,<2'
