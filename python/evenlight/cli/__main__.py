# SPDX-License-Identifier: Apache-2.0
"""`python -m evenlight.cli`."""

from . import main

main()
