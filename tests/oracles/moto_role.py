"""Makes a role in a moto server and prints credentials of a session of it as JSON.

The server is started so that these four calls need no signature and every later one does.
"""

import json
import sys

import botocore.session

endpoint, authority, session_name = sys.argv[1:]


def client(service):
    """A client of the server, by its address: its certificate also names it."""
    return botocore.session.get_session().create_client(
        service,
        region_name="eu-west-1",
        endpoint_url=endpoint,
        verify=authority,
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
    )


def document(**statement):
    """A policy of one statement."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    )


iam = client("iam")
role = iam.create_role(
    RoleName="NodeRole",
    AssumeRolePolicyDocument=document(
        Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole"
    ),
)
iam.put_role_policy(
    RoleName="NodeRole",
    PolicyName="node",
    PolicyDocument=document(Action=["sts:*", "ssm:*", "iam:*"], Resource="*"),
)
answer = client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName=session_name)
# moto loads a service when it is first asked, which may outlast the program's patience.
client("ssm").describe_parameters(MaxResults=1)
keys = answer["Credentials"]
print(
    json.dumps(
        {
            "key_id": keys["AccessKeyId"],
            "secret": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
        }
    )
)
