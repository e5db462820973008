"""Has checkov look for what the templates, the manifests and the image leave open.

It proves that nothing is found but what stands below with its reason, and that checkov finds a
copy that is open. It brings checkov into an environment of its own, for its pins are not ours. It
needs the network, and took 3.5 minutes on two busy cores, most of it the installation.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VERSION = "3.3.30"
PLACES = {  # what checkov calls the kind of file, and where such files are
    "cloudformation": ("deploy/ec2/template.yaml", "deploy/lb/template-asg.yaml"),
    "kubernetes": ("deploy/k8s/base",),
    "dockerfile": ("deploy/Dockerfile",),
}
ACCEPTED = {
    "CKV_AWS_260": "80 is open to all: it redirects to https, and certbot is asked there",
    "CKV_AWS_18": "one machine writes the bucket; a log of accesses would need a bucket of its own",
    "CKV_AWS_91": "nginx logs each request already, without the tokens of links",
    "CKV_AWS_88": "instances fetch updates by their own address; a NAT gateway costs more",
    "CKV_DOCKER_7": "the base is an argument, and names its tag",
    "CKV_K8S_9": "the container for metrics must not take its pod out of service",
    "CKV_K8S_14": "the overlay names the version",
    "CKV_K8S_15": "a version does not change, so it need not be pulled each time",
    "CKV_K8S_21": "the kustomization sets the namespace",
    "CKV_K8S_35": "the app reads its settings from the environment, everywhere",
    "CKV_K8S_40": "the user is that of MongoDB's own image",
    "CKV_K8S_43": "a release pins the digest; a tag stands where a reader changes it",
}
BREAKS = {  # what stands in template.yaml, how a copy has it, and which check must find it
    "gp3\n      Encrypted: true": ("gp3\n      Encrypted: false", "CKV_AWS_3"),
    "CidrIp: !Ref SshFrom": ("CidrIp: 0.0.0.0/0", "CKV_AWS_24"),
    "RestrictPublicBuckets: true": ("RestrictPublicBuckets: false", "CKV_AWS_56"),
}


def main() -> None:
    """Check the files and an open copy; SystemExit says what is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "venv", str(folder / "venv"))
        pip = (str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet")
        run(*pip, f"checkov=={VERSION}")
        for kind, places in PLACES.items():
            found = check(folder, kind, *(ROOT / place for place in places))
            if found:
                raise SystemExit(found)
        found = check(folder, "cloudformation", opened(folder))
        missed = [wanted for _, wanted in BREAKS.values() if wanted not in found]
        if missed:
            raise SystemExit(f"checkov does not find {', '.join(missed)} in an open copy")


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def check(folder: Path, kind: str, *files: Path) -> str:
    """Return what checkov finds; nothing if all is well. Raises SystemExit if it checks nothing."""
    command = [str(folder / "venv/bin/checkov"), "--skip-download", "--quiet", "--compact"]
    command += ["--framework", kind, "--skip-check", ",".join(ACCEPTED)]
    for file in files:
        command += ["--file" if file.is_file() else "--directory", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Passed checks: 0" in done.stdout or "Passed checks" not in done.stdout:
        raise SystemExit(f"checkov checked nothing: {done.stdout}{done.stderr}")
    return done.stdout if done.returncode else ""


def opened(folder: Path) -> Path:
    """Write a copy of the template for one machine with holes in it."""
    text = (ROOT / PLACES["cloudformation"][0]).read_text(encoding="utf-8")
    for sound, (broken, _) in BREAKS.items():
        if text.count(sound) != 1:
            raise SystemExit(f"template.yaml no longer says {sound}")
        text = text.replace(sound, broken)
    copy = folder / "template.yaml"
    copy.write_text(text, encoding="utf-8")
    return copy


if __name__ == "__main__":
    main()
