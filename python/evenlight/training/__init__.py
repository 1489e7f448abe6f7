# SPDX-License-Identifier: Apache-2.0
"""Training of the networks and of the score of candidates; rendering never imports it."""
