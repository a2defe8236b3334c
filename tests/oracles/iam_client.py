"""botocore's IAM client against the lab, or its serializer against a request of the program.

The argument is a JSON object: the endpoint, the authority's file, keys, the node's ARN, and the
body of a request to hold against botocore's own, if there is one.
"""

import json
import socket
import sys
import urllib.parse

import botocore.config
import botocore.session
import botocore.validate

given = json.loads(sys.argv[1])
resolve = socket.getaddrinfo


def resolve_here(host, *rest, **named):
    """The services' real names lead to the lab."""
    return resolve("127.0.0.1" if host.endswith(".amazonaws.com") else host, *rest, **named)


socket.getaddrinfo = resolve_here
client = botocore.session.get_session().create_client(
    "iam",
    region_name="us-east-1",
    endpoint_url=given["endpoint"],
    verify=given["authority"],
    aws_access_key_id=given["key_id"],
    aws_secret_access_key=given["secret"],
    config=botocore.config.Config(retries={"max_attempts": 0}, inject_host_prefix=False),
)


def listed(fields, name):
    """The members of a list in a request."""
    found = []
    while f"{name}.member.{len(found) + 1}" in fields:
        found.append(fields[f"{name}.member.{len(found) + 1}"])
    return found


def entries(fields):
    """The context entries of a request."""
    found = []
    while f"ContextEntries.member.{len(found) + 1}.ContextKeyName" in fields:
        entry = f"ContextEntries.member.{len(found) + 1}"
        found.append(
            {
                "ContextKeyName": fields[f"{entry}.ContextKeyName"],
                "ContextKeyType": fields[f"{entry}.ContextKeyType"],
                "ContextKeyValues": listed(fields, f"{entry}.ContextKeyValues"),
            }
        )
    return found


def compare(body):
    """A request of the program beside what botocore makes of the same parameters."""
    ours = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
    parameters = {
        "PolicySourceArn": ours["PolicySourceArn"],
        "MaxItems": int(ours["MaxItems"]),
        "ActionNames": listed(ours, "ActionNames"),
        "ResourceArns": listed(ours, "ResourceArns"),
        "ContextEntries": entries(ours),
    }
    model = client.meta.service_model.operation_model("SimulatePrincipalPolicy")
    report = botocore.validate.ParamValidator().validate(parameters, model.input_shape)
    if report.has_errors():
        raise SystemExit(report.generate_report())
    made = client._serializer.serialize_to_request(parameters, model)["body"]
    theirs = {name: str(value) for name, value in made.items()}
    return {
        "only_ours": sorted(set(ours.items()) - set(theirs.items())),
        "only_botocore_s": sorted(set(theirs.items()) - set(ours.items())),
        "actions": len(parameters["ActionNames"]),
    }


def look():
    """What botocore's parser makes of the lab's answers."""
    role = {"RoleName": "NodeRole"}
    simulation = client.simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::111122223333:role/NodeRole",
        ActionNames=["ssmmessages:OpenDataChannel", "kms:Decrypt"],
        ResourceArns=["*", given["node"]],
        ContextEntries=[
            {
                "ContextKeyName": "ec2:SourceInstanceARN",
                "ContextKeyType": "string",
                "ContextKeyValues": [given["node"]],
            }
        ],
    )
    return {
        "role": client.get_role(**role)["Role"],
        "attached": client.list_attached_role_policies(**role)["AttachedPolicies"],
        "inline": client.list_role_policies(**role)["PolicyNames"],
        "results": simulation["EvaluationResults"],
    }


print(json.dumps(compare(given["request"]) if given["request"] else look(), default=str))
