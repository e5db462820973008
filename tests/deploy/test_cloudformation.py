"""The templates for AWS: linted, created in a stand-in, and read for what that leaves out."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from moto import mock_aws

from tests.deploy.aws_stand_in import IMAGE, client, create, may, opened
from tests.deploy.cloudformation import MANY_MACHINES, ONE_MACHINE, VALUES, parsed
from tests.deploy.tools import DEPLOY

ADAS_ADDRESS = "203.0.113.7/32"
WORLD = "0.0.0.0/0"
single = parsed(ONE_MACHINE.read_text(encoding="utf-8"))
several = parsed(MANY_MACHINES.read_text(encoding="utf-8"))


class Stacks(NamedTuple):
    """Both stacks, and where their machines' network is."""

    one: dict[str, str]  # logical id → physical id
    outputs: dict[str, str]
    many: dict[str, str]


@pytest.fixture(scope="module")
def stacks() -> Iterator[Stacks]:
    with mock_aws():
        client("ec2").create_key_pair(KeyName="ada")
        one, outputs = create("didim", ONE_MACHINE, KeyName="ada", SshFrom=ADAS_ADDRESS)
        wanted = several["Parameters"]
        certificate = client("acm").request_certificate(DomainName=VALUES["Domain"])
        many, _ = create(
            "didim-many",
            MANY_MACHINES,
            **{name: value for name, value in VALUES.items() if name in wanted},
            Certificate=certificate["CertificateArn"],
            Network=outputs["Network"],
            Subnets=outputs["PublicSubnets"],
        )
        yield Stacks(one, outputs, many)


def lint(*templates: Path) -> subprocess.CompletedProcess[str]:
    run = "import sys; from cfnlint.runner import main; sys.exit(main())"
    command = [sys.executable, "-c", run, "--format", "parseable", *map(str, templates)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_both_templates_are_clean() -> None:
    done = lint(ONE_MACHINE, MANY_MACHINES)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_misspelt_property_and_a_missing_resource_are_refused(tmp_path: Path) -> None:
    flaws = {
        "Encrypted: true\n      Tags": "Encryptd: true\n      Tags",
        "!Ref Data\n": "!Ref Dat\n",
    }
    for number, (right, wrong) in enumerate(flaws.items()):
        text = ONE_MACHINE.read_text(encoding="utf-8")
        assert text.count(right) == 1
        (tmp_path / f"{number}.yaml").write_text(text.replace(right, wrong), encoding="utf-8")
    said = lint(*sorted(tmp_path.iterdir())).stdout
    assert "'Encryptd' was unexpected" in said
    assert "'Dat' is not one of" in said


@pytest.mark.parametrize(
    "address", [WORLD, "203.0.113.0/24", "203.0.113.7", "::/0", "256.1.1.1/32"]
)
def test_ssh_cannot_be_opened_to_more_than_one_address(address: str) -> None:
    parameter = single["Parameters"]["SshFrom"]
    assert "Default" not in parameter
    assert re.search(parameter["AllowedPattern"], ADAS_ADDRESS)
    assert not re.search(parameter["AllowedPattern"], address)


@pytest.mark.parametrize("template", [single, several], ids=["one", "many"])
def test_only_ubuntu_is_taken(template: dict[str, Any]) -> None:
    parameter = template["Parameters"]["UbuntuImage"]
    assert re.search(parameter["AllowedPattern"], parameter["Default"])
    assert re.search(
        parameter["AllowedPattern"],
        "/aws/service/canonical/ubuntu/server/22.04/stable/20260101/amd64/hvm/ebs-gp2/ami-id",
    )
    assert not re.search(parameter["AllowedPattern"], IMAGE)


def test_the_machine_opens_22_to_one_address_and_80_and_443_to_all(stacks: Stacks) -> None:
    assert opened(stacks.one["WebServer"]) == {
        (22, 22, ADAS_ADDRESS),
        (80, 80, WORLD),
        (443, 443, WORLD),
    }
    machine = single["Resources"]["Machine"]["Properties"]
    assert machine["SecurityGroupIds"] == [{"Ref": "WebServer"}]


def test_machines_behind_the_balancer_are_open_to_it_alone(stacks: Stacks) -> None:
    assert opened(stacks.many["BalancerGroup"]) == {(80, 80, WORLD), (443, 443, WORLD)}
    balancer = stacks.many["BalancerGroup"]
    assert opened(stacks.many["InstanceGroup"]) == {(443, 443, balancer), (8080, 8080, balancer)}
    launch = several["Resources"]["Launch"]["Properties"]["LaunchTemplateData"]
    assert launch["NetworkInterfaces"][0]["Groups"] == [{"Ref": "InstanceGroup"}]
    assert "KeyName" not in launch


def test_no_other_group_lets_anybody_in(stacks: Stacks) -> None:
    """Not even the one that every network brings, which lets in its own members."""
    ec2 = client("ec2")
    in_network = [{"Name": "vpc-id", "Values": [stacks.outputs["Network"]]}]
    groups = ec2.describe_security_groups(Filters=in_network)["SecurityGroups"]
    ours = {stacks.one["WebServer"], stacks.many["BalancerGroup"], stacks.many["InstanceGroup"]}
    assert {group["GroupId"] for group in groups} > ours
    for group in groups:
        if group["GroupId"] not in ours:
            assert not [rule["IpRanges"] for rule in group["IpPermissions"] if rule["IpRanges"]]


def test_the_machine_is_in_the_public_network_with_adas_key_and_its_disk(stacks: Stacks) -> None:
    ec2 = client("ec2")
    found = ec2.describe_instances(InstanceIds=[stacks.one["Machine"]])
    machine = found["Reservations"][0]["Instances"][0]
    assert machine["KeyName"] == "ada"
    assert machine["SubnetId"] == stacks.one["PublicSubnetA"]
    volume = ec2.describe_volumes(VolumeIds=[stacks.one["Data"]])["Volumes"][0]
    assert volume["Size"] == 20
    assert [each["InstanceId"] for each in volume["Attachments"]] == [stacks.one["Machine"]]
    zone = single["Resources"]["Data"]["Properties"]["AvailabilityZone"]
    assert zone == {"Fn::GetAtt": "PublicSubnetA.AvailabilityZone"}
    address = ec2.describe_addresses(PublicIps=[stacks.outputs["PublicAddress"]])["Addresses"][0]
    assert address["InstanceId"] == stacks.one["Machine"]


def test_only_the_public_subnets_reach_the_internet(stacks: Stacks) -> None:
    tables = client("ec2").describe_route_tables()["RouteTables"]
    reach = {
        table["RouteTableId"]: {
            route["GatewayId"]
            for route in table["Routes"]
            if route.get("DestinationCidrBlock") == WORLD
        }
        for table in tables
    }
    assert reach[stacks.one["PublicRoutes"]] == {stacks.one["InternetGateway"]}
    assert reach[stacks.one["PrivateRoutes"]] == set()
    for kind in ("Public", "Private"):
        for letter in "AB":
            joined = single["Resources"][f"{kind}Routes{letter}"]["Properties"]
            assert joined == {
                "SubnetId": {"Ref": f"{kind}Subnet{letter}"},
                "RouteTableId": {"Ref": f"{kind}Routes"},
            }


def test_the_disk_is_encrypted_and_leaves_snapshots() -> None:
    """What the stand-in drops is read from the template."""
    data = single["Resources"]["Data"]
    assert (data["DeletionPolicy"], data["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert data["Properties"]["Encrypted"] is True
    policy = single["Resources"]["DailySnapshots"]["Properties"]
    assert policy["State"] == "ENABLED"
    tag = policy["PolicyDetails"]["TargetTags"][0]
    assert tag in data["Properties"]["Tags"]
    assert policy["PolicyDetails"]["Schedules"][0]["RetainRule"] == {
        "Count": {"Ref": "SnapshotsKept"}
    }


def test_machines_answer_for_their_metadata_only_with_a_token() -> None:
    machine = single["Resources"]["Machine"]["Properties"]
    launch = several["Resources"]["Launch"]["Properties"]["LaunchTemplateData"]
    for options in (machine, launch):
        assert options["MetadataOptions"]["HttpTokens"] == "required"
        assert all(disk["Ebs"]["Encrypted"] for disk in options["BlockDeviceMappings"])
    assert single["Parameters"]["KeyName"]["Type"] == "AWS::EC2::KeyPair::KeyName"


def test_the_bucket_is_encrypted_versioned_private_and_kept(stacks: Stacks) -> None:
    rules = client("s3").get_bucket_encryption(Bucket=stacks.one["Backups"])
    rule = rules["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    bucket = single["Resources"]["Backups"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = bucket["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert all(properties["PublicAccessBlockConfiguration"].values())
    clearing = properties["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in clearing)
    assert any("AbortIncompleteMultipartUpload" in rule for rule in clearing)
    assert any("NoncurrentVersionExpiration" in rule for rule in clearing)
    assert not any("ExpirationInDays" in rule for rule in clearing)  # no living backup goes
    refused = single["Resources"]["BackupsOnlyByTls"]["Properties"]["PolicyDocument"]["Statement"]
    assert refused[0]["Effect"] == "Deny"
    assert refused[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_machine_may_use_its_bucket_and_nothing_else(stacks: Stacks) -> None:
    bucket = f"arn:aws:s3:::{stacks.one['Backups']}"
    allowed = may(stacks.one["MachineRole"])
    assert set.union(*allowed.values()) == {bucket, f"{bucket}/*"}
    assert {"s3:GetObject", "s3:PutObject", "s3:ListBucket"} < set(allowed)
    attached = client("iam").list_attached_role_policies(RoleName=stacks.one["MachineRole"])
    assert attached["AttachedPolicies"] == []


def test_machines_behind_the_balancer_may_read_their_settings_alone(stacks: Stacks) -> None:
    allowed = may(stacks.many["InstanceRole"])
    assert allowed["secretsmanager:GetSecretValue"] == {VALUES["Settings"]}
    assert allowed["s3:PutObject"] == {f"arn:aws:s3:::{VALUES['Bucket']}/backups/*"}
    assert not any("*" in action for action in allowed)


def test_the_balancer_sends_to_machines_whose_database_answers(stacks: Stacks) -> None:
    balancing = client("elbv2")
    group = balancing.describe_target_groups(TargetGroupArns=[stacks.many["Targets"]])
    target = group["TargetGroups"][0]
    assert (target["Protocol"], target["Port"]) == ("HTTPS", 443)
    assert (target["HealthCheckPath"], target["HealthCheckPort"]) == ("/readyz", "8080")
    listeners = balancing.describe_listeners(LoadBalancerArn=stacks.many["Balancer"])["Listeners"]
    kinds = {each["Port"]: each["DefaultActions"][0]["Type"] for each in listeners}
    assert kinds == {80: "redirect", 443: "forward"}
    assert {each["Port"]: each["Protocol"] for each in listeners}[443] == "HTTPS"


def test_an_update_keeps_all_machines_until_the_next_answers(stacks: Stacks) -> None:
    scaling = client("autoscaling")
    group = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    assert (group["MinSize"], group["MaxSize"], len(group["Instances"])) == (2, 4, 2)
    assert len(group["VPCZoneIdentifier"].split(",")) == 2
    rolling = several["Resources"]["Scaling"]["UpdatePolicy"]["AutoScalingRollingUpdate"]
    assert rolling["MinInstancesInService"] == {"Ref": "Instances"}
    assert (rolling["MaxBatchSize"], rolling["WaitOnResourceSignals"]) == (1, True)
    parameters = several["Parameters"]
    assert parameters["MostInstances"]["MinValue"] > parameters["Instances"]["MinValue"]


def test_the_outputs_say_how_to_go_on(stacks: Stacks) -> None:
    address = stacks.outputs["PublicAddress"]
    assert stacks.outputs["Ssh"] == f"ssh -i ada.pem ubuntu@{address}"
    assert stacks.outputs["NextStep"] == f"scp -i ada.pem didim.tar.gz ubuntu@{address}:"
    assert stacks.outputs["BackupDestination"] == f"s3://{stacks.one['Backups']}/backups"


def test_the_template_carries_the_user_data_word_for_word(stacks: Stacks) -> None:
    file = (DEPLOY / "ec2" / "user-data.yaml").read_text(encoding="utf-8")
    attribute = client("ec2").describe_instance_attribute(
        InstanceId=stacks.one["Machine"], Attribute="userData"
    )
    given = attribute["UserData"]["Value"]
    if not given.startswith("#cloud-config"):
        given = base64.b64decode(given).decode()
    assert given == file
