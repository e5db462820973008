"""The manifests for Kubernetes: rendered by kubectl, then held against schema and promises."""

from __future__ import annotations

import base64
import copy
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import MEGABYTE, Settings
from tests.deploy.tools import DEPLOY, needs

pytestmark = needs("kubectl")

VALIDATE = Path(sys.executable).with_name("kubernetes-validate")
VERSIONS = ("1.31.0", "1.37.0")
OVERLAYS = ("overlays/dev", "overlays/prod")
Manifest = dict[str, Any]


class Manifests(list[Manifest]):
    """The objects that a folder renders to."""

    def all(self, kind: str) -> list[Manifest]:
        return [found for found in self if found["kind"] == kind]

    def one(self, kind: str, name: str) -> Manifest:
        (found,) = (found for found in self.all(kind) if found["metadata"]["name"] == name)
        return found

    def pods(self) -> Iterator[tuple[dict[str, str], Manifest]]:
        """Give labels and spec of each kind of pod."""
        for owner in (*self.all("Deployment"), *self.all("StatefulSet")):
            template = owner["spec"]["template"]
            yield template["metadata"]["labels"], template["spec"]


def render(folder: str, work: Path) -> str:
    """Return what kubectl makes of a folder, the secrets being those of the example."""
    shutil.copytree(DEPLOY / "k8s", work)
    for overlay in OVERLAYS:
        shutil.copy(work / "secret.env.example", work / overlay / "secret.env")
    command = ("kubectl", "kustomize", str(work / folder))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module", params=["base", *OVERLAYS])
def rendered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(request.param, tmp_path_factory.mktemp("k8s") / "copy")


@pytest.fixture(scope="module", params=OVERLAYS)
def manifests(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Manifests:
    text = render(request.param, tmp_path_factory.mktemp("k8s") / "copy")
    return Manifests(yaml.safe_load_all(text))


def validate(text: str, version: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "rendered.yaml"
    file.write_text(text, encoding="utf-8")
    command = (VALIDATE, "--quiet", "--strict", "-k", version, file)
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_every_manifest(rendered: str, version: str, tmp_path: Path) -> None:
    done = validate(rendered, version, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelt_field_is_refused(tmp_path: Path) -> None:
    broken = render("base", tmp_path / "copy").replace(
        "readOnlyRootFilesystem", "readOnlyRootFileSystem"
    )
    assert validate(broken, VERSIONS[0], tmp_path).returncode != 0


def containers(pod: Manifest) -> list[Manifest]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def is_bounded(container: Manifest) -> bool:
    asked = container.get("resources", {})
    return all({"cpu", "memory"} <= asked.get(part, {}).keys() for part in ("limits", "requests"))


POD_RULES: dict[str, Callable[[Manifest], bool]] = {
    "not root": lambda pod: (
        pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    ),
    "seccomp": lambda pod: pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault",
    "no token": lambda pod: pod.get("automountServiceAccountToken") is False,
    "not the host's": lambda pod: (
        not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        and not any("hostPath" in volume for volume in pod["volumes"])
    ),
}
CONTAINER_RULES: dict[str, Callable[[Manifest], bool]] = {
    "read-only": lambda one: one["securityContext"].get("readOnlyRootFilesystem") is True,
    "no escalation": lambda one: one["securityContext"].get("allowPrivilegeEscalation") is False,
    "no capabilities": lambda one: one["securityContext"].get("capabilities") == {"drop": ["ALL"]},
    "not privileged": lambda one: not one["securityContext"].get("privileged"),
    "named version": lambda one: re.search(r":(?!latest)[\w.-]+$", one["image"]) is not None,
    "bounded": is_bounded,
}
BREAKS: dict[str, Callable[[Manifest], object]] = {
    "not root": lambda pod: pod["securityContext"].update(runAsUser=0),
    "seccomp": lambda pod: pod["securityContext"].update(seccompProfile={"type": "Unconfined"}),
    "no token": lambda pod: pod.pop("automountServiceAccountToken"),
    "not the host's": lambda pod: pod["volumes"].append({"hostPath": {"path": "/"}}),
    "read-only": lambda pod: containers(pod)[0]["securityContext"].pop("readOnlyRootFilesystem"),
    "no escalation": lambda pod: containers(pod)[-1]["securityContext"].update(
        allowPrivilegeEscalation=True
    ),
    "no capabilities": lambda pod: containers(pod)[0]["securityContext"].pop("capabilities"),
    "not privileged": lambda pod: containers(pod)[0]["securityContext"].update(privileged=True),
    "named version": lambda pod: containers(pod)[0].update(image="didim"),
    "bounded": lambda pod: containers(pod)[0]["resources"]["limits"].pop("memory"),
}


def broken_rules(pod: Manifest) -> set[str]:
    """Return the rules that a pod does not keep."""
    broken = {name for name, kept in POD_RULES.items() if not kept(pod)}
    return broken | {
        name
        for container in containers(pod)
        for name, kept in CONTAINER_RULES.items()
        if not kept(container)
    }


def test_every_pod_is_hardened(manifests: Manifests) -> None:
    found = {labels["app"]: broken_rules(pod) for labels, pod in manifests.pods()}
    assert found == {"web": set(), "mongodb": set()}
    (namespace,) = manifests.all("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("rule", BREAKS)
def test_a_pod_that_breaks_a_rule_is_found(manifests: Manifests, rule: str) -> None:
    pod = copy.deepcopy(manifests.one("Deployment", "web")["spec"]["template"]["spec"])
    BREAKS[rule](pod)
    assert broken_rules(pod) == {rule}


def test_every_selector_finds_its_pods(manifests: Manifests) -> None:
    labels = [found for found, _ in manifests.pods()]
    services = [service["spec"]["selector"] for service in manifests.all("Service")]
    owners = [*manifests.all("Deployment"), *manifests.all("StatefulSet")]
    owners += manifests.all("PodDisruptionBudget")
    for selector in services + [owner["spec"]["selector"]["matchLabels"] for owner in owners]:
        assert sum(selector.items() <= found.items() for found in labels) == 1, selector
    for spread in manifests.one("Deployment", "web")["spec"]["template"]["spec"][
        "topologySpreadConstraints"
    ]:
        assert spread["labelSelector"]["matchLabels"] in labels


def test_the_way_from_the_ingress_to_the_process_is_whole(manifests: Manifests) -> None:
    ingress = manifests.one("Ingress", "web")["spec"]
    backend = ingress["rules"][0]["http"]["paths"][0]["backend"]["service"]
    service = manifests.one("Service", backend["name"])["spec"]
    (port,) = (port for port in service["ports"] if port["name"] == backend["port"]["name"])
    (pod,) = (pod for labels, pod in manifests.pods() if service["selector"] == labels)
    assert port["targetPort"] in {each["name"] for each in pod["containers"][0]["ports"]}
    scaler = manifests.one("HorizontalPodAutoscaler", "web")["spec"]["scaleTargetRef"]
    assert manifests.one(scaler["kind"], scaler["name"])
    uri = secret(manifests)["MONGODB_URI"]
    host = re.search(r"@([\w-]+)/", uri)
    assert host is not None
    assert manifests.one("Service", host[1])


def secret(manifests: Manifests) -> dict[str, str]:
    (found,) = manifests.all("Secret")
    return {name: base64.b64decode(value).decode() for name, value in found["data"].items()}


def test_every_setting_that_a_pod_names_is_there(manifests: Manifests) -> None:
    kept = {found["metadata"]["name"]: found["data"].keys() for found in manifests.all("ConfigMap")}
    (ours,) = manifests.all("Secret")
    for _, pod in manifests.pods():
        for container in containers(pod):
            for source in container.get("envFrom", ()):
                assert source["configMapRef"]["name"] in kept
            for name in (variable.get("valueFrom") for variable in container.get("env", ())):
                if name:
                    assert name["secretKeyRef"]["name"] == ours["metadata"]["name"]
                    assert name["secretKeyRef"]["key"] in ours["data"]
        for volume in pod["volumes"]:
            assert volume.get("configMap", {"name": next(iter(kept))})["name"] in kept


def test_web_never_learns_the_root_password(manifests: Manifests) -> None:
    pod = manifests.one("Deployment", "web")["spec"]["template"]["spec"]
    for container in containers(pod):
        names = {variable["name"] for variable in container.get("env", ())}
        assert names == (set() if container["name"] == "metrics" else {"SECRET_KEY", "MONGODB_URI"})
        assert all("configMapRef" in source for source in container.get("envFrom", ()))


def flows(manifests: Manifests) -> set[tuple[str, str, int]]:
    """Return from where to where a connection may go, by each side's own policy."""
    allowed = set()
    for policy in manifests.all("NetworkPolicy"):
        me = policy["spec"]["podSelector"].get("matchLabels", {}).get("app", "everything")
        for rules, other in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(rules, ()):
                for peer in rule[other]:
                    selector = peer.get("podSelector") or peer["namespaceSelector"]
                    (name,) = selector["matchLabels"].values()
                    ends = (name, me) if rules == "ingress" else (me, name)
                    allowed |= {(*ends, port["port"]) for port in rule["ports"]}
    return allowed


def test_only_these_connections_are_allowed(manifests: Manifests) -> None:
    deny = manifests.one("NetworkPolicy", "deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert flows(manifests) == {
        ("ingress-nginx", "web", 8000),
        ("monitoring", "web", 9464),
        ("web", "mongodb", 27017),
        ("web", "kube-dns", 53),
    }
    ports = {
        (labels["app"], port["containerPort"])
        for labels, pod in manifests.pods()
        for container in pod["containers"]
        for port in container["ports"]
    }
    assert ports == {("web", 8000), ("web", 9464), ("mongodb", 27017)}
    for policy in manifests.all("NetworkPolicy"):
        assert set(policy["spec"]["policyTypes"]) >= {
            name.title() for name in ("ingress", "egress") if name in policy["spec"]
        }


def test_a_rolling_update_loses_no_request(manifests: Manifests) -> None:
    spec = manifests.one("Deployment", "web")["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    configured = (DEPLOY / "gunicorn.conf.py").read_text(encoding="utf-8")
    graceful = re.search(r"^graceful_timeout = (\d+)$", configured, re.MULTILINE)
    assert graceful is not None
    assert pod["terminationGracePeriodSeconds"] > pause + int(graceful[1])
    paths = {
        name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("readiness", "liveness")
    }
    assert paths == {"readiness": "/readyz", "liveness": "/healthz"}


def test_the_ingress_takes_what_the_app_takes(manifests: Manifests) -> None:
    limit = Settings(secret_key="-", mongodb_uri="-").for_flask()["MAX_CONTENT_LENGTH"]
    annotations = manifests.one("Ingress", "web")["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{limit // MEGABYTE}m"


def test_git_takes_no_secret() -> None:
    ignored = (DEPLOY / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "secret.env"} <= set(ignored)


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readme_makes_every_secret(name: str) -> None:
    example = (DEPLOY / "k8s" / "secret.env.example").read_text(encoding="utf-8")
    text = (DEPLOY / "k8s" / name).read_text(encoding="utf-8")
    made, wanted = (set(re.findall(r"^ *([A-Z_]+)=", each, re.M)) for each in (text, example))
    assert made == wanted
