"""EM for one parameter: the lower bound that touches the log-likelihood."""

import streamlit as st

from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.mixture_line.component import MIXTURE_LINE
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.mixture_line"
THETA = Numbers("theta", (0.6, 1, 0, 0), (((-6.0, 7.0), (0.4, 3.0), (0.0, 200.0), (0.0, 99.0)),))
"""As `MIXTURE_LINE` lists them."""


@st.fragment
def show_mixture_line() -> None:
    """Show curve and bound as the address has them; what the visitor changes goes into the address."""
    MIXTURE_LINE.show(THETA.read(), key=_KEY, on_change=THETA.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="EM in one parameter",
    group="Latent variables",
    source=(
        "S2 (R. Grabovac's thesis), section 1.2, equation (1.4), section 1.6, Algorithm 1; the mixture with one "
        "unknown mean is ours"
    ),
    show=show_mixture_line,
    notice=(
        "The bound (blue) never lies above ln p(D) and touches it at the θ of the E-step. The M-step goes to its top. "
        "Drag θ to either hill: EM climbs the one where it starts."
    ),
    question="Why can no M-step lower the log-likelihood, and why are its steps so short on a flat hill?",
    answer=(
        r"At the touching point both are equal; the top of the bound is at least as high, and the log-likelihood lies "
        r"above the bound everywhere. So $\ln p_{\theta^*}(D) \ge \mathrm{ELBO}(r, \theta^*) \ge \mathrm{ELBO}(r, "
        r"\theta) = \ln p_\theta(D)$. At the touching point the slopes are equal too. The bound is the more curved of "
        r"the two, since it takes the responsibilities as known: with much overlap, a large $\sigma$, the parabola is "
        r"narrow beside the hill and EM needs many steps."
    ),
)
