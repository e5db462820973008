"""A stand-in for AWS in this process: what our templates create there, and what that may do."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import Any

import boto3

from tests.deploy.cloudformation import REGION, parsed

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"

DROPPED = {  # what the stand-in does not know; tests read it from the templates
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::DLM::LifecyclePolicy",
    "AWS::S3::BucketPolicy",
}


def client(service: str) -> Any:
    return boto3.client(service, REGION)


def create(name: str, template: Path, **parameters: str) -> tuple[dict[str, str], dict[str, str]]:
    """Create a stack; return the ids of its resources and its outputs."""
    cloudformation = client("cloudformation")
    text = template.read_text(encoding="utf-8")
    ubuntu = parsed(text)["Parameters"]["UbuntuImage"]["Default"]
    assert text.count(ubuntu) == 1
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=text.replace(ubuntu, IMAGE),  # the stand-in knows no Ubuntu
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        resources = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    assert {str(each.message).split()[3] for each in warned} <= DROPPED
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    ids = {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in resources}
    return ids, {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def opened(group: str) -> set[tuple[int, int, str]]:
    """Return what a security group lets in: (first port, last port, from whom)."""
    found = client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    return {
        (rule["FromPort"], rule["ToPort"], source)
        for rule in found["IpPermissions"]
        for source in (
            *(each["CidrIp"] for each in rule["IpRanges"]),
            *(each["CidrIpv6"] for each in rule["Ipv6Ranges"]),
            *(each["GroupId"] for each in rule["UserIdGroupPairs"]),
        )
    }


def may(role: str) -> dict[str, set[str]]:
    """Return what a role may do: action → resources."""
    iam = client("iam")
    allowed: dict[str, set[str]] = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in ast.literal_eval(policy)["Statement"]:  # a dict, printed by the stand-in
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                allowed.setdefault(action, set()).add(statement["Resource"])
    return allowed
