"""The experiments of the page on optimizers. S1: M. Sevkovych, 2023; Reddi: Reddi, Kale and Kumar, 2018."""

from aeviz.language import mark
from aeviz.web.kernel.experiments import Experiment, show_experiments
from aeviz.web.optimizers.atlas import show_atlas
from aeviz.web.optimizers.comparison import show_comparison
from aeviz.web.optimizers.descent import show_descent
from aeviz.web.optimizers.regret import show_counterexample
from aeviz.web.optimizers.surfaces import show_surfaces

EXPERIMENTS = (
    Experiment(name=mark("surfaces"), source=mark("S1 (M. Sevkovych's thesis), Algorithms 1 to 3"), show=show_surfaces),
    Experiment(
        name=mark("counterexample"),
        source=mark("Reddi, Kale and Kumar 2018, Theorems 1 and 3; S1 (M. Sevkovych's thesis), Theorem 1.2.17"),
        show=show_counterexample,
    ),
    Experiment(
        name=mark("convergence theorem"), source=mark("S1 (M. Sevkovych's thesis), Theorem 1.2.5"), show=show_descent
    ),
    Experiment(
        name=mark("comparison"),
        source=mark("S1 (M. Sevkovych's thesis), section 2.3"),
        show=show_comparison,
        former_names=("duel",),
    ),
    Experiment(
        name=mark("map of models"), source=mark("Dryden and Mardia 2016, 4.2.1; Torgerson 1952"), show=show_atlas
    ),
)


def show_section() -> None:
    """Let the visitor choose an experiment and show it."""
    show_experiments(EXPERIMENTS)
