# SPDX-License-Identifier: Apache-2.0
"""One check, in this process: `python -m pyopenfx.validator.child REQUEST` prints what it found."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .._errors import ActionError, BundleError, PyOpenFXError
from .._host import Host
from .._report import Finding, Severity
from .case import Case
from .check import MARK, Skipped
from .checks import CHECKS


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Findings of the check that is named, as plain data, or why it was skipped."""
    check = next(each for each in CHECKS if each.full_name == request["check"])
    case = Case(
        Path(request["bundle"]),
        request["plugin"],
        request["host"],
        request["seed"],
        request["strictness"],
        Path(request["headers"]) if request["headers"] else None,
    )
    skipped = ""
    try:
        check.run(case)
    except Skipped as reason:
        skipped = str(reason)
    except PyOpenFXError as error:
        case.findings.append(Finding("failed", Severity.ERROR, "", str(error)))
    findings = dict.fromkeys(case.findings)  # each is told once
    return {"findings": [asdict(each) for each in findings], "skipped": skipped}


def plugins(bundle: Path) -> dict[str, Any]:
    """Identifiers of a bundle's plug-ins, those too that cannot be described."""
    with Host() as host:
        try:
            there = [plugin.identifier for plugin in host.load(bundle)]
        except BundleError as error:
            return {"plugins": [], "error": str(error)}
        except ActionError:
            there = []
        refused = [refusal.identifier for refusal in host.refused]
    return {"plugins": list(dict.fromkeys(there + refused)), "error": ""}


if __name__ == "__main__":
    answer = plugins(Path(sys.argv[2])) if sys.argv[1] == "--list" else run(json.loads(sys.argv[1]))
    sys.stdout.write(f"\n{MARK}{json.dumps(answer)}\n")
    sys.stdout.flush()
