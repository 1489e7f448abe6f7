# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.audit LOCK`: known weaknesses of the locked packages; 1 where there are any.

Where the list of weaknesses cannot be reached it says so and ends with 0.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main(lock: str) -> int:
    """Ask pip-audit, which asks the registry."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--disable-pip"]
    command += ["--require-hashes", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        last = done.stderr.strip().splitlines()[-1:] if "done" in locals() else [str(error)]
        sys.stdout.write(f"NOT AUDITED: the list of weaknesses gave no answer ({last})\n")
        return 0
    weak = [(one["name"], one["version"], one["vulns"]) for one in packages if one.get("vulns")]
    for name, version, known in weak:
        told = ", ".join(f"{each['id']} (mended in {each['fix_versions']})" for each in known)
        sys.stdout.write(f"{name} {version}: {told}\n")
    sys.stdout.write(f"{len(packages)} packages audited, {len(weak)} with known weaknesses\n")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
