"""testssl looks at the real site; script/rehearse runs this, for it takes long."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.deploy.nginx import NAME, Nginx
from tests.deploy.tools import needs

pytestmark = needs("nginx", "testssl")

BAD = {"MEDIUM", "HIGH", "CRITICAL", "FATAL"}
# Our ciphers are all strong, so the client chooses; the certificate is the test's own.
EXPECTED = {"cipher_order", "cert_validityPeriod", "cert_revocation"}


def findings(nginx: Nginx, *tests: str) -> set[str]:
    """Return what testssl calls bad."""
    found = nginx.folder / "testssl.json"
    nginx.authority.cert_pem.write_to_path(nginx.folder / "ca.pem")
    subprocess.run(
        [
            *("testssl", *tests, "--quiet", "--warnings", "off", "--ip", "127.0.0.1"),
            *("--add-ca", str(nginx.folder / "ca.pem"), "--jsonfile", str(found)),
            f"https://{NAME}:{nginx.port}/",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    entries = json.loads(found.read_text(encoding="utf-8"))
    assert any(entry["id"] == "TLS1_3" for entry in entries)
    return {entry["id"] for entry in entries if entry["severity"] in BAD}


def test_no_weakness_is_found(tmp_path: Path) -> None:
    with Nginx(tmp_path) as nginx:
        assert findings(nginx, "--fast") <= EXPECTED


def test_a_weakness_is_found(tmp_path: Path) -> None:
    nginx = Nginx(tmp_path)
    no_secret = "ssl_ciphers ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0:"
    nginx.rewrite("snippets/tls.conf", {"ssl_ciphers ": no_secret})
    with nginx:
        assert "cipherlist_NULL" in findings(nginx, "-p", "-s")
