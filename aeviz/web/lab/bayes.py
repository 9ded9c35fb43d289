"""Bayes and the student: prior, likelihood and posterior of a probability, beside maximum likelihood."""

import streamlit as st

from aeviz.web.components.bayes.component import BAYES
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.bayes"
_PRIOR, _COUNT = (0.5, 99.0), (0.0, 50.0)
STUDENT = Numbers("student", (2, 8, 3, 0), ((_PRIOR, _PRIOR, _COUNT, _COUNT),))
"""As `BAYES` lists them."""


@st.fragment
def show_bayes() -> None:
    """Show prior and exams as the address has them; what the visitor changes goes into the address."""
    BAYES.show(STUDENT.read(), key=_KEY, on_change=STUDENT.writer(lambda: numbers_of(_KEY, CHANGED)))


EXPERIMENT = Experiment(
    name="Bayes and the student",
    group="Information and probability",
    source="S2 (R. Grabovac's thesis), section 1.3; the Beta priors are ours",
    show=show_bayes,
    notice=(
        "After three perfect scores of three, maximum likelihood predicts nothing but perfect scores. Bayes weighs "
        "them against the prior."
    ),
    question="Does it matter whether the exams are used one by one or all at once?",
    answer=(
        "No. The posterior after one exam is the prior of the next, and the counts add up: Beta(2, 8) becomes "
        "Beta(3, 8), then Beta(4, 8) and Beta(5, 8). Press *Posterior → prior* and add exams. With many exams the "
        "prior matters little: the prediction is a weighted mean of the prior's mean and s/n, and the weight of "
        "s/n, n / (a + b + n), goes to 1. The uniform prior predicts 4/5 after three of three (Laplace's rule), "
        "Beta(2, 8) predicts 5/13."
    ),
)
