"""Write outputs/sbom.json: a bill of materials (CycloneDX 1.6) of what requirements.lock installs.

Called by `make sbom`. Packages and hashes of their files are the lock's; no network is asked.
"""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A package as a lock file has it: name==version, perhaps `; marker`, and its hashes below.
PINNED = re.compile(r"^([\w.-]+)==(\S+)((?: ;[^\n]*)? \\\n(?: +--hash=.*\n)+)", re.MULTILINE)


def bill(lock: str) -> dict:
    """Give the bill of materials of a lock file's text, packages in its order."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    own = {"type": "application", "name": "cop-assessment", "bom-ref": "cop-assessment"}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": time, "component": own},
        "components": [_component(*found) for found in PINNED.findall(lock)],
    }


def _component(name, version, rest):
    purl = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}"
    hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
    files = {
        "type": "distribution",
        "url": f"https://pypi.org/project/{name}/{version}/",
        "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
    }
    part = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    marker = re.match(r" ; (.*?) \\", rest)
    where = [{"name": "cop:only-where", "value": marker[1]}] if marker else []
    return part | {"externalReferences": [files]} | ({"properties": where} if where else {})


def main(lock: Path, target: Path) -> None:
    """Write the bill of a lock file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(bill(lock.read_text(encoding="utf-8")), indent=1) + "\n"
    target.write_text(text, encoding="utf-8")
    print(f"{target} lists {text.count('bom-ref') - 1} packages")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:] or (ROOT / "requirements.lock", ROOT / "outputs" / "sbom.json")))
