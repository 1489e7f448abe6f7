# SPDX-License-Identifier: Apache-2.0
"""Make the kept pictures anew: python -m tests.golden.update. Look at them before keeping them."""

from __future__ import annotations

from tests.golden.pictures import KEPT, PICTURES, write


def main() -> None:
    """Write every picture."""
    for name, make in PICTURES.items():
        write(KEPT / f"{name}.png", make())


if __name__ == "__main__":
    main()
