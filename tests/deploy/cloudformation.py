"""CloudFormation's templates as Python values, and their texts with values put in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.tools import DEPLOY

ONE_MACHINE = DEPLOY / "ec2" / "template.yaml"
MANY_MACHINES = DEPLOY / "lb" / "template-asg.yaml"
REGION = "ap-northeast-2"
VALUES = {  # of the parameters that have no default, and what AWS itself puts in
    "AWS::Region": REGION,
    "AWS::StackName": "didim",
    "Bucket": "didim-backups",
    "Domain": "didim.example.com",
    "NetworkRange": "10.20.0.0/16",
    "Release": "releases/didim-1.0.0.tar.gz",
    "Settings": f"arn:aws:secretsmanager:{REGION}:123456789012:secret:didim-settings-AbCdEf",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Ref x` becomes {"Ref": "x"}."""


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _long_form)


def parsed(text: str) -> dict[str, Any]:
    """Return a template's sections."""
    loaded = yaml.load(text, _Loader)  # a SafeLoader with tags of our own
    assert isinstance(loaded, dict)
    return loaded


def filled(text: str) -> str:
    """Return what Fn::Sub makes of a text; fails on a name without a value."""
    return re.sub(r"\$\{([\w:]+)\}", lambda match: VALUES[match[1]], text)


def written(user_data: str) -> dict[str, str]:
    """Return the files that user data write: name → text."""
    files = yaml.safe_load(user_data)["write_files"]
    return {Path(each["path"]).name: each["content"] for each in files}


ALONE = (DEPLOY / "ec2" / "user-data.yaml").read_text(encoding="utf-8")
_launch = parsed(MANY_MACHINES.read_text(encoding="utf-8"))["Resources"]["Launch"]["Properties"]
BEHIND = filled(_launch["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"])
