"""All families, each function written once in array language."""

from __future__ import annotations

from comparison.atlas.families import activations, elementary, losses, networks, reductions
from comparison.atlas.family import Family

FAMILIES: tuple[Family, ...] = (
    *activations.FAMILIES,
    *losses.FAMILIES,
    *elementary.FAMILIES,
    *reductions.FAMILIES,
    *networks.FAMILIES,
)
