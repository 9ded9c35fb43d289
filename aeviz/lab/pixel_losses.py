"""Squared error, absolute error and cross-entropy of one pixel, their gradients, and the constants that they prefer.

Sources: S1 (M. Sevkovych), Examples 1.2.2 and 2.2.2; S2 (R. Grabovac), section 3.5; S3 (S. Chaki), loss functions. S1's
MSE is a sum over pixels and its cross-entropy a mean; S2 and S3 sum. Here is one pixel.

`aeviz/web/components/pixel_loss/losses.js` computes the same in the page.
"""

import numpy as np

LOSSES = ("squared", "absolute", "cross-entropy")


def losses(target: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return the three losses of outputs for targets: (3, ...), float64, in the order of `LOSSES`.

    Args:
        target: In [0, 1], of any shape.
        output: In [0, 1], of a shape that fits; the cross-entropy of an impossible target is infinite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(target == 0, 0.0, target * np.log(output))
        second = np.where(target == 1, 0.0, (1 - target) * np.log(1 - output))
    return np.stack(np.broadcast_arrays((output - target) ** 2, np.abs(output - target), -first - second))


def gradients(target: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return the derivatives of the losses along the output, arguments and order as for `losses`.

    The absolute error has none where output and target agree; 0 stands there.
    """
    difference = output - target
    with np.errstate(divide="ignore", invalid="ignore"):
        entropic = np.where(difference == 0, 0.0, difference / (output * (1 - output)))
    return np.stack(np.broadcast_arrays(2 * difference, np.sign(difference), entropic))


def best_constants(targets: np.ndarray) -> tuple[float, float, float]:
    """Return the constants with the least mean loss over targets (N,): the mean, the median, and the mean again.

    For an even number of targets every constant between the two middle ones is best for the absolute error.
    """
    mean = float(targets.mean())
    return mean, float(np.median(targets)), mean
