"""Reads a page of metrics as Prometheus's own client library does, and prints each family's samples."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = text_string_to_metric_families(open(sys.argv[1]).read())
print(json.dumps({one.name: [[sample.labels, sample.value] for sample in one.samples] for one in families}))
