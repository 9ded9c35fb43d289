"""KL divergence of two Gaussians: the experiment with two movable densities."""

import streamlit as st

from aeviz.web.components.divergence.component import CHANGED, divergence
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.divergence"
_MEAN_AND_DEVIATION = ((-6.0, 6.0), (0.2, 3.0))
GAUSSIANS = Numbers("gaussians", (0.0, 1.0, 1.0, 2.0), (_MEAN_AND_DEVIATION * 2, _MEAN_AND_DEVIATION * 3))
"""Mean and standard deviation of p, then of q; for a mixture p also of its second component."""


@st.fragment
def show_divergence() -> None:
    """Show the two densities as the address has them; what the visitor changes goes into the address."""
    divergence(GAUSSIANS.read(), key=_KEY, on_change=GAUSSIANS.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="KL of two Gaussians",
    group="Information and probability",
    source=(
        "S1 (M. Sevkovych's thesis), Definitions 3.1.1 to 3.1.3, Remark 3.1.4; S2 (R. Grabovac's thesis), "
        "sections 1.1 and 1.5, equation (3.6)"
    ),
    show=show_divergence,
    notice=(
        "KL(p‖q) and KL(q‖p) differ: a narrow p inside a wide q costs little, a wide p beyond a narrow q costs much."
    ),
    question=(
        "A Gaussian q is fitted to a p with two peaks. Which direction puts q on one peak, which spreads it over both?"
    ),
    answer=(
        "Minimising KL(q‖p) puts q on one peak: the integrand is weighted by q, so q avoids places where p is small "
        "(mode seeking). Half of p is then missing, and the divergence is ln 2 = 0.693. Minimising KL(p‖q) spreads q: "
        "wherever p has mass, q must not be small (mode covering); the best q has the mean and the variance of p. A "
        "VAE's encoder minimises KL(q‖p), with p the true posterior. Switch to the mixture and press both buttons, "
        "Reset in between."
    ),
    slips=(
        r"S2, equation (3.6), prints $\ln(\det\Sigma_q/\det\Sigma_p)$. Right is $\ln(\det\Sigma_p/\det\Sigma_q)$. For "
        r"q = N(0, 1) and p = N(1, 4), as printed, the divergence would be $-0.943$; it is 0.443 and never negative.",
        r"The equation after S2 (3.6), $\frac12\sum_j(1+\ln\sigma_j^2-\mu_j^2-\sigma_j^2)$, is minus the divergence.",
        "S2, section 1.5, calls KL a metric. It is not symmetric and has no triangle inequality.",
        r"S1, Definitions 3.1.2 and 3.1.3, call entropy and cross-entropy nonnegative. That holds for probabilities, "
        r"not for densities: with $\sigma$ below 0.242 the entropy of a Gaussian is negative. Make p narrow and look.",
    ),
)
