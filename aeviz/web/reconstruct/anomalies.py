"""Test images by falling error or likelihood, and how well that finds a class that the network was not shown."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.analysis.anomaly import (
    SCORES,
    Decision,
    Detection,
    ScoreName,
    decide,
    detect,
    most_anomalous,
    score_of,
    usual_error,
)
from aeviz.figures.detection import error_histogram, precision_recall_curves
from aeviz.figures.images import enlarge, shrink, tile, to_data_uri
from aeviz.training.latents import LatentTable
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.controls import pick_class
from aeviz.web.kernel.images import decoded, find_originals, offer_download, originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape

DETECTOR = "anomaly-without-2"
"""A model that ships and was trained without a class."""
A_PAGE = 24
"""Images on a page of the list."""
TILE_PX, PAIR_PX = 64, 116
"""Longest side in pixels of an image in the list; width of an original beside its reconstruction."""
STEP, LARGE_STEP = 0.05, 0.5
"""Step of the threshold, and that of scores that spread over more than FAR."""
FAR = 200
SPREAD_OUT = 0.001
"""Share of the images beyond each end of the threshold's slider, of scores in nats: a few lie very far out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """The anomaly among the test images of a model, and the error from which an image is flagged."""

    class_name: str
    label: int
    is_anomaly: np.ndarray
    """(N,), bool."""
    score_name: ScoreName
    score: np.ndarray
    """(N,), floating point: the larger, the less normal."""
    threshold: float


@st.fragment
def show_anomalies(runs: list[Model]) -> None:
    """Show how well a score of the first model finds a class, and the images with the largest.

    Args:
        runs: The model, and perhaps one to compare its curve with.
    """
    with errors_as_messages():
        model, table = runs[0], runs[0].require_latents()
        question = _ask(model, table)
        if question is None:
            return
        _show_scores(runs, question)
        if _has_likelihood(model):
            _show_likelihood(model, table, question)
        st.markdown(_what_it_knows(model, question))
        _show_list(model, table, question)


def _ask(model: Model, table: LatentTable) -> Question | None:
    """Let the visitor choose the anomaly and the threshold, both in the URL; None where there are no two classes."""
    classes = model.encoded_classes()
    if table.labels is None or len(classes) < 2:
        st.info(
            f"{escape(model.config.data.name)} has fewer than two classes, so no class can be the anomaly. Choose "
            "a model of other data.",
            icon=":material/label_off:",
        )
        return None
    left_out = model.config.data.without
    default = left_out if left_out in classes else next(iter(classes))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = pick_class(
            "Anomaly",
            list(classes),
            f"anomaly.{model.name}",
            default,
            "This class is the anomaly; all others are normal.",
        )
        is_anomaly = table.labels == classes[name]
        score_name = _pick_score(model)
        score = _score(model, score_name)
        threshold = _pick_threshold(f"{model.name}.{name}", score_name, score, usual_error(score, is_anomaly))
    return Question(
        class_name=name,
        label=classes[name],
        is_anomaly=is_anomaly,
        score_name=score_name,
        score=score,
        threshold=threshold,
    )


def _has_likelihood(model: Model) -> bool:
    """Whether a run bounds the likelihood of an image. An anchored prior needs the class, which a detector lacks."""
    shape, objective = model.config.model, model.config.objective
    return (
        shape.is_variational
        and shape.prior == "standard"
        and objective.loss_spec.log_likelihood is not None
        and objective.kl_weight > 0
        and objective.reconstruction_weight > 0
    )


def _pick_score(model: Model) -> ScoreName:
    """Let the visitor choose the score of a model that has more than one and whose images are here."""
    if not _has_likelihood(model):
        return "error"
    chosen = st.segmented_control(
        "Score",
        list(SCORES),
        default="error",
        required=True,
        key="score",
        bind="query-params",
        help="What is large for an anomaly. Minus the ELBO is the sum of the reconstruction term and the KL term.",
    )
    if chosen in SCORES and chosen != "error":
        if _parts(model) is not None:
            return chosen
        st.info(
            "The likelihood needs the test images (below). Until then the score is the error.", icon=":material/image:"
        )
    return "error"


def _pick_threshold(name: str, score_name: ScoreName, score: np.ndarray, usual: float) -> float:
    is_error = score_name == "error"
    ends = (score.min(), score.max()) if is_error else np.quantile(score, [SPREAD_OUT, 1 - SPREAD_OUT])
    low, high = float(np.floor(ends[0])), float(np.ceil(ends[1]))
    high, step = max(high, low + 1), STEP if is_error or high - low < FAR else LARGE_STEP
    return float(
        st.slider(
            f"Threshold of the {score_name}",
            min_value=low,
            max_value=high,
            value=min(max(round(usual / step) * step, low), high),
            step=step,
            key=f"threshold.{name}" if is_error else f"threshold.{name}.{score_name}",
            bind="query-params",
            width=360,
            help=f"Images with at least this {SCORES[score_name]} are flagged ({low:g} to {high:g}). Default: the "
            "95 % quantile of the normal images.",
        )
    )


def _what_it_knows(model: Model, question: Question) -> str:
    """Say whether the model was shown the class in training."""
    left_out, name = model.config.data.without, question.class_name
    if left_out == name:
        return (
            f"**{escape(model.name)} was trained without class {escape(name)}.** It reconstructs the other classes "
            f"well. A {escape(name)} that it reconstructs badly has a large error and is detected."
        )
    text = f"**{escape(model.name)} was also trained on class {escape(name)}**, so these images need not stand out"
    if left_out is not None:
        return f"{text}. Class {escape(left_out)}, which it never saw, counts as normal here."
    return (
        f"{text}. Compare with a model trained without a class, such as {DETECTOR} (on the page Train: *Leave out "
        "a class*)."
    )


def _show_likelihood(model: Model, table: LatentTable, question: Question) -> None:
    """Show the parts of the ELBO with their means over both kinds, how each score does, and what likelihood is not."""
    st.latex(
        r"\begin{aligned} -\mathrm{ELBO}(x) ={}&"
        r"\underbrace{\mathbb{E}_{q(z|x)}[-\ln p(x|z)]}_{\text{reconstruction term}} \\"
        r"{}+{}& \underbrace{\mathrm{KL}\bigl(q(z|x)\,\|\,p(z)\bigr)}_{\text{KL term}} \\"
        r"{}\geq{}& -\ln p(x)\end{aligned}"
    )
    if question.score_name != "error":
        lines = []
        for name in SCORES:
            score, found = _score(model, name), _detection(model, question.label, name)
            normal, strange = (score[members].mean() for members in (~question.is_anomaly, question.is_anomaly))
            lines.append(
                {
                    "score": SCORES[name],
                    "mean, normal": f"{normal:.2f}",
                    f"mean, class {question.class_name}": f"{strange:.2f}",
                    "ROC AUC": f"{found.roc_auc:.3f}",
                    "average precision": f"{found.average_precision:.3f}",
                }
            )
        st.dataframe(lines, hide_index=True, key="scores")
    st.caption(
        "A high likelihood does not make an image normal: deep generative models trained on Fashion-MNIST assign MNIST "
        "digits a higher likelihood than their own data (Nalisnick et al., ICLR 2019, arXiv:1810.09136). p(x|z) is the "
        "distribution that the objective stands for: with squared errors, its variance follows from the KL weight."
    )


def _show_scores(runs: list[Model], question: Question) -> None:
    """Show the scores of both kinds, what the threshold flags, and precision over recall at all thresholds."""
    model, name = runs[0], question.class_name
    decision = decide(question.score, question.is_anomaly, question.threshold)
    found = _detection(model, question.label, question.score_name)
    left, right = st.columns(2, gap="medium")
    with left:
        show_figure(
            error_histogram(
                question.score,
                question.is_anomaly,
                ("all other classes", f"class {name}"),
                question.threshold,
                SCORES[question.score_name],
            ),
            key="errors",
            alt=f"{_named(question.score_name)} of {model.name} on test images of class {name} and of all other "
            f"classes; the threshold is {question.threshold:.2f}",
        )
        st.markdown(_verdict(decision, question))
    with right:
        _show_curves(runs, question, decision)
        lines = [
            f"**{escape(model.name)}**: average precision **{found.average_precision:.3f}**, ROC AUC "
            f"**{found.roc_auc:.3f}**"
        ]
        for other in runs[1:]:
            second = _detection(other, question.label, question.score_name)
            by_error = question.score_name != "error" and (not _has_likelihood(other) or _parts(other) is None)
            lines.append(
                f"{escape(other.name)}{' (by its error)' if by_error else ''}: average precision "
                f"{second.average_precision:.3f}, ROC AUC {second.roc_auc:.3f}"
            )
        lines.append(
            f"Random ranking: average precision {found.base_rate:.3f} (the share of class {escape(name)}), ROC AUC "
            "0.500"
        )
        st.markdown("\n".join(f"- {line}" for line in lines))
        if found.roc_auc < 0.5:
            why = f"Worse than a random ranking: class {escape(name)} has smaller scores than most."
            if question.score_name == "error":
                why = (
                    f"Worse than a random ranking: class {escape(name)} is easier to reconstruct than most. The error "
                    "also measures how complex an image is."
                )
            st.caption(why)


def _show_curves(runs: list[Model], question: Question, decision: Decision) -> None:
    detections = {model.name: _detection(model, question.label, question.score_name) for model in runs}
    chosen = None
    if decision.precision is not None and decision.recall is not None:
        chosen = (decision.recall, decision.precision)
    base_rate = detections[runs[0].name].base_rate
    show_figure(
        precision_recall_curves(
            {name: (found.recall, found.precision) for name, found in detections.items()}, base_rate, chosen
        ),
        key="precision-recall",
        alt=f"Precision over recall for class {question.class_name}: "
        + "; ".join(f"{name}, average precision {found.average_precision:.3f}" for name, found in detections.items())
        + f"; base rate {base_rate:.3f}",
    )


def _verdict(decision: Decision, question: Question) -> str:
    flagged = decision.found + decision.false_alarms
    text = (
        f"At the threshold **{question.threshold:.2f}**, {flagged:,} of {len(question.is_anomaly):,} images are "
        f"flagged: {decision.found:,} of {decision.found + decision.missed:,} of class "
        f"{escape(question.class_name)}, and {decision.false_alarms:,} false alarms."
    )
    measures = {"Precision": decision.precision, "recall": decision.recall, "F1": decision.f1}
    figures = [f"{name} **{'-' if value is None else f'{value:.1%}'}**" for name, value in measures.items()]
    return f"{text} {', '.join(figures)}."


def _show_list(model: Model, table: LatentTable, question: Question) -> None:
    """Show the images by falling score, each beside its reconstruction."""
    st.subheader("Most anomalous first")
    order = _ranking(model, question.score_name)
    pages = -(-len(order) // A_PAGE)
    if (st.session_state.get("sheet") or 1) > pages:  # chosen for a model of more images
        del st.session_state["sheet"]
    sheet = st.pagination(pages, key="sheet", bind="query-params")
    start = (int(sheet) - 1) * A_PAGE
    shown, dataset = order[start : start + A_PAGE], originals(model)
    restored = decoded(model, table.z[shown])
    names = model.provenance.class_names
    with st.container(horizontal=True, gap="small"):
        for place, index in enumerate(shown.tolist()):
            image = restored[place : place + 1]
            if dataset is not None:
                image = np.concatenate([dataset.images[index : index + 1].astype(np.float32) / 255, image])
            is_anomaly, error = bool(question.is_anomaly[index]), float(question.score[index])
            label = "" if table.labels is None else names[int(table.labels[index])]
            kind = "anomaly" if is_anomaly else "normal"
            mark = f":orange-badge[{escape(label)}]" if is_anomaly else f":blue-badge[{escape(label)}]"
            flag = " :material/flag:" if error >= question.threshold else ""
            picture = enlarge(tile(shrink(image, TILE_PX), len(image)), PAIR_PX)
            st.image(
                to_data_uri(picture),
                width=PAIR_PX if dataset is not None else PAIR_PX // 2,
                caption=f"{start + place + 1:,}. {mark} {error:.2f}{flag}",
                alt=f"Rank {start + place + 1}: image {index}, class {label} ({kind}), "
                f"{question.score_name} {error:.2f}",
            )
    what = "Original and reconstruction" if dataset is not None else "Reconstructions"
    st.caption(
        f"{what}, ranks {start + 1:,} to {start + len(shown):,} of {len(order):,} by {question.score_name}. "
        f"Orange: class {escape(question.class_name)} (anomaly). Blue: normal. Flag: at or above the threshold."
    )
    if dataset is None:
        offer_download(model.config.data.name, "to show the original images")


def _named(score_name: ScoreName) -> str:
    return "Errors" if score_name == "error" else SCORES[score_name].capitalize()


def _score(model: Model, score_name: ScoreName) -> np.ndarray:
    """Return a score of each test image of a run, (N,); the error where it has no other."""
    parts = None if score_name == "error" or not _has_likelihood(model) else _parts(model)
    return score_of(score_name, model.require_latents().error, parts)


def _parts(model: Model) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the parts of minus the ELBO by test image of a run that has a likelihood; None without the images."""
    dataset, _ = find_originals(model)
    return None if dataset is None else _elbo_parts(model)


@shared(max_entries=8, spinner="Computing the likelihood of the test images …")  # 160 kB for MNIST
def _elbo_parts(model: Model) -> tuple[np.ndarray, np.ndarray]:
    from aeviz.analysis.variational import elbo_parts

    dataset, why = find_originals(model)
    parts = None if dataset is None else elbo_parts(model.network(), dataset)
    if parts is None:
        raise LookupError(f"{model.name} has no likelihood of its images; the page must check first. {why}")
    return parts


@shared(max_entries=64, spinner="Ranking the test images …")  # 240 kB for MNIST
def _detection(model: Model, label: int, score_name: ScoreName) -> Detection:
    """Return how well a run's scores tell a class from the others. The run must have latents with that class."""
    table = model.require_latents()
    if table.labels is None:
        raise LookupError("the images have no classes; the page must check first")
    return detect(_score(model, score_name), table.labels == label)


@shared(max_entries=64)  # 80 kB for MNIST
def _ranking(model: Model, score_name: ScoreName) -> np.ndarray:
    """Return the places of a run's test images by falling score, (N,), int64. The run must have latents."""
    return most_anomalous(_score(model, score_name))
