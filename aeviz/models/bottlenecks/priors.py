"""Means of the prior of each class."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def anchor_points(classes: int, latent_dim: int) -> Float[Tensor, "Y D"]:
    """Return the prior means m_y of an anchored prior: one a class, on two rings in the first two dimensions.

    Even classes lie on a ring of radius 4, odd ones on one of radius 8, each a half step on from its neighbours: for
    ten classes any two anchors are 4.7 or more apart, so the priors, of variance 1, hardly meet.

    Args:
        classes: Y.
        latent_dim: D, at least 2; further coordinates are 0.

    References:
        The public code of [S1]'s author: ten anchors on two rings. The radii are ours.
    """
    angles = 2 * math.pi * torch.arange(classes, dtype=torch.float32) / classes
    radii = torch.where(torch.arange(classes) % 2 == 0, 4.0, 8.0)
    points = torch.zeros(classes, latent_dim)
    points[:, 0], points[:, 1] = radii * torch.cos(angles), radii * torch.sin(angles)
    return points
