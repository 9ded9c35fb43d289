"""The multivariate Gaussian: its density, a sample with its mean and covariance, and Z-scores."""

import streamlit as st

from aeviz.web.components.gaussian.component import GAUSSIAN
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.gaussian"
_PLACE, _DEVIATION = (-5.0, 5.0), (0.3, 3.0)
DENSITY = Numbers(
    "density",
    (0.5, -0.3, 1.9, 0.8, 30, 1.5, 1.2, 100, 0),
    ((_PLACE, _PLACE, _DEVIATION, _DEVIATION, (-180.0, 180.0), _PLACE, _PLACE, (3.0, 999.0), (0.0, 99.0)),),
)
"""As `GAUSSIAN` lists them."""


@st.fragment
def show_gaussian() -> None:
    """Show density and sample as the address has them; what the visitor changes goes into the address."""
    GAUSSIAN.show(DENSITY.read(), key=_KEY, on_change=DENSITY.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Multivariate Gaussian",
    group="Information and probability",
    source="S2 (R. Grabovac's thesis), Definitions 1.1.4, 1.1.5 and 1.1.10, equation (1.3)",
    show=show_gaussian,
    notice=(
        "Drag the mean, the axes and A. Mean and covariance of the sample (orange) come near the true ones as N grows. "
        "Whatever the Gaussian, the Z-scores of each coordinate are N(0, 1)."
    ),
    question="Both Z-scores of a point are below 2. Can it be an outlier nonetheless?",
    answer=(
        "Yes. Each Z-score looks at one coordinate alone. Turn the first axis to 45° with a small second deviation and "
        "put A beside the cloud, at the upper left: both Z-scores stay small, but the density there is nearly 0. The "
        "Mahalanobis distance takes the covariance into account. Only where the covariance is 0 is the density of "
        "a Gaussian the product of both marginal densities, and the squared distance the sum of both squared Z-scores."
    ),
    slips=(
        r"S2, section 1.1, says that the exponent of the Gaussian is the squared Z-score. It is $-\tfrac12 Z^2$.",
        r"S2, Definition 1.1.10, divides by $|\Sigma|^{1/2}$ and takes $\Sigma^{-1}$. A covariance need not be "
        r"invertible: it is positive semidefinite, and the density needs a positive definite one.",
    ),
)
