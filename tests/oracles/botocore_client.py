"""Asks the lab with botocore's own client and signer, and prints what came back as JSON.

The arguments are a JSON object: endpoints by service, the authority's file, keys, the node's id,
and whether to corrupt each signature.
"""

import json
import socket
import sys

import botocore.awsrequest
import botocore.auth
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.httpsession
import botocore.session

REGION = "eu-west-1"
given = json.loads(sys.argv[1])
resolve = socket.getaddrinfo


def resolve_here(host, *rest, **named):
    """The services' real names lead to the lab."""
    return resolve("127.0.0.1" if host.endswith(".amazonaws.com") else host, *rest, **named)


def corrupt(request, **_):
    """Changes the last digit of the signature."""
    value = request.headers["Authorization"]
    value = value.decode() if isinstance(value, bytes) else value
    last = "1" if value[-1] == "0" else "0"
    del request.headers["Authorization"]
    request.headers["Authorization"] = value[:-1] + last


def identity():
    """GetCallerIdentity by botocore's client."""
    client = botocore.session.get_session().create_client(
        "sts",
        region_name=REGION,
        endpoint_url=given["endpoints"]["sts"],
        verify=given["authority"],
        aws_access_key_id=given["key_id"],
        aws_secret_access_key=given["secret"],
        aws_session_token=given["token"],
        config=botocore.config.Config(retries={"max_attempts": 0}),
    )
    if given["corrupt"]:
        client.meta.events.register("before-send", corrupt)
    try:
        return [200, client.get_caller_identity()["Arn"]]
    except botocore.exceptions.ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], str(error)]


def call(service, path, body, headers):
    """A call that botocore has no operation for, signed by botocore."""
    keys = botocore.credentials.Credentials(given["key_id"], given["secret"], given["token"])
    url = given["endpoints"][service] + path
    request = botocore.awsrequest.AWSRequest("POST", url, data=json.dumps(body), headers=headers)
    botocore.auth.SigV4Auth(keys, service, REGION).add_auth(request)
    if given["corrupt"]:
        corrupt(request)
    http = botocore.httpsession.URLLib3Session(verify=given["authority"])
    answer = http.send(request.prepare())
    return [answer.status_code, answer.text]


def ssm(operation, body):
    """An operation of Systems Manager."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AmazonSSM.{operation}",
    }
    return call("ssm", "/", body, headers)


socket.getaddrinfo = resolve_here
node = given["node"]
print(
    json.dumps(
        {
            "GetCallerIdentity": identity(),
            "ListInstanceAssociations": ssm("ListInstanceAssociations", {"InstanceId": node}),
            "UpdateInstanceInformation": ssm(
                "UpdateInstanceInformation",
                {
                    "AgentName": "amazon-ssm-agent",
                    "AgentVersion": given["version"],
                    "InstanceId": node,
                    "PlatformType": "Linux",
                },
            ),
            "CreateControlChannel": call(
                "ssmmessages",
                f"/v1/control-channel/{node}",
                {"MessageSchemaVersion": "1.0", "RequestId": "0123456789abcdef"},
                {"Content-Type": "application/json"},
            ),
        }
    )
)
