# SPDX-License-Identifier: Apache-2.0
"""python -m export [NAME ...]: trained networks, or all, to python/evenlight/weights.

What build/training holds is taken and its weights are kept in export/checkpoints; a network that
was not trained here is exported from what is kept there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evenlight.errors import EvenlightError
from evenlight.inference import manifest
from evenlight.inference.providers import ON_CPU
from evenlight.inference.sessions import FOLDER, Sessions
from evenlight.training import checkpoint

from . import CHECKPOINTS, NETWORKS, scales, source_of
from .onnx_file import export, files_of


def _keep(source: Path) -> None:
    """Keep a checkpoint, and the scales beside it, among those that are exported again."""
    kept = CHECKPOINTS / source.name
    checkpoint.store(kept, *checkpoint.load(source))
    measured = scales.path_of(source)
    if measured.is_file() and source != kept:
        scales.path_of(kept).write_bytes(measured.read_bytes())


def main() -> int:
    """Export, and say what was written."""
    parser = argparse.ArgumentParser(prog="python -m export", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--trained", type=Path, default=Path("build/training"))
    options = parser.parse_args()
    unknown = set(options.names) - set(NETWORKS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(NETWORKS)}")
    try:
        for name in options.names or NETWORKS:
            out = FOLDER / f"{name}.onnx"
            source = source_of(name, options.trained)
            differences = export(NETWORKS[name], source, out)
            _keep(source)
            for precision, difference in differences.items():
                path = files_of(out)[precision]
                size = path.stat().st_size / 1024
                sys.stdout.write(
                    f"{path}: {size:.0f} KiB, of {source}, differs by {difference:.1e}\n"
                )
        _update_list()
    except EvenlightError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def _update_list() -> None:
    """Have the package know the files that lie in it now."""
    sessions = Sessions()
    files = (path for name in NETWORKS for path in files_of(FOLDER / f"{name}.onnx").values())
    cards = {path: sessions.get(path, ON_CPU).card for path in files if path.is_file()}
    (Path(manifest.__file__).parent / manifest.FILE).write_text(manifest.listing(cards), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
