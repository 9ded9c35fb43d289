"""Test images by falling error or likelihood, and how well that finds a class that the network was not shown."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st

from aeviz.analysis.anomaly import SCORES, Decision, ScoreName, decide, usual_error
from aeviz.figures.detection import error_histogram, precision_recall_curves
from aeviz.figures.images import enlarge, shrink, tile, to_data_uri
from aeviz.language import number, tr
from aeviz.training.latents import LatentTable
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_class
from aeviz.web.kernel.images import decoded, offer_download, originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.reconstruct.anomaly_scores import detection_of, has_likelihood, parts_of, ranking_of, scores_of

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
        if has_likelihood(model):
            _show_likelihood(model, table, question)
        st.markdown(_what_it_knows(model, question))
        _show_list(model, table, question)


def _ask(model: Model, table: LatentTable) -> Question | None:
    """Let the visitor choose the anomaly and the threshold, both in the URL; None where there are no two classes."""
    classes = model.encoded_classes()
    if table.labels is None or len(classes) < 2:
        st.info(
            tr(
                "{data} has fewer than two classes, so no class can be the anomaly. Choose a model of other data.",
                data=escape(model.config.data.name),
            ),
            icon=":material/label_off:",
        )
        return None
    left_out = model.config.data.without
    default = left_out if left_out in classes else next(iter(classes))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = pick_class(
            tr("Anomaly"),
            list(classes),
            f"anomaly.{model.name}",
            default,
            tr("This class is the anomaly; all others are normal."),
        )
        is_anomaly = table.labels == classes[name]
        score_name = _pick_score(model)
        score = scores_of(model, score_name)
        threshold = _pick_threshold(f"{model.name}.{name}", score_name, score, usual_error(score, is_anomaly))
    return Question(
        class_name=name,
        label=classes[name],
        is_anomaly=is_anomaly,
        score_name=score_name,
        score=score,
        threshold=threshold,
    )


def _pick_score(model: Model) -> ScoreName:
    """Let the visitor choose the score of a model that has more than one and whose images are here."""
    if not has_likelihood(model):
        return "error"
    chosen = choose(
        st.segmented_control,
        tr("Score"),
        list(SCORES),
        default="error",
        required=True,
        key="score",
        help=tr("What is large for an anomaly. Minus the ELBO is the sum of the reconstruction term and the KL term."),
    )
    if chosen in SCORES and chosen != "error":
        if parts_of(model) is not None:
            return cast(ScoreName, chosen)
        st.info(
            tr("The likelihood needs the test images (below). Until then the score is the error."),
            icon=":material/image:",
        )
    return "error"


def _pick_threshold(name: str, score_name: ScoreName, score: np.ndarray, usual: float) -> float:
    is_error = score_name == "error"
    ends = (score.min(), score.max()) if is_error else np.quantile(score, [SPREAD_OUT, 1 - SPREAD_OUT])
    low, high = float(np.floor(ends[0])), float(np.ceil(ends[1]))
    high, step = max(high, low + 1), STEP if is_error or high - low < FAR else LARGE_STEP
    return float(
        st.slider(
            tr("Threshold of the {score}", score=tr(score_name)),
            min_value=low,
            max_value=high,
            value=min(max(round(usual / step) * step, low), high),
            step=step,
            key=f"threshold.{name}" if is_error else f"threshold.{name}.{score_name}",
            bind="query-params",
            width=360,
            help=tr(
                "Images with at least this {quantity} are flagged ({low:g} to {high:g}). Default: the 95 % quantile of "
                "the normal images.",
                quantity=tr(SCORES[score_name]),
                low=low,
                high=high,
            ),
        )
    )


def _what_it_knows(model: Model, question: Question) -> str:
    """Say whether the model was shown the class in training."""
    left_out = model.config.data.without
    what: dict[str, object] = {"model": escape(model.name), "name": escape(question.class_name)}
    if left_out == question.class_name:
        return tr(
            "**{model} was trained without class {name}.** It reconstructs the other classes well. A {name} that it "
            "reconstructs badly has a large error and is detected.",
            **what,
        )
    text = tr("**{model} was also trained on class {name}**, so these images need not stand out.", **what)
    if left_out is not None:
        unseen = tr("Class {name}, which it never saw, counts as normal here.", name=escape(left_out))
        return f"{text} {unseen}"
    return f"{text} " + tr(
        "Compare with a model trained without a class, such as {model} (on the page Train: *Leave out a class*).",
        model=DETECTOR,
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
            score, found = scores_of(model, name), detection_of(model, question.label, name)
            normal, strange = (score[members].mean() for members in (~question.is_anomaly, question.is_anomaly))
            lines.append(
                {
                    tr("score"): tr(SCORES[name]),
                    tr("mean, normal"): number(normal, ".2f"),
                    tr("mean, class {name}", name=question.class_name): number(strange, ".2f"),
                    "ROC AUC": number(found.roc_auc, ".3f"),
                    tr("average precision"): number(found.average_precision, ".3f"),
                }
            )
        st.dataframe(lines, hide_index=True, key="scores")
    st.caption(
        tr(
            "A high likelihood does not make an image normal: deep generative models trained on Fashion-MNIST assign "
            "MNIST digits a higher likelihood than their own data (Nalisnick et al., ICLR 2019, arXiv:1810.09136). "
            "p(x|z) is the distribution that the objective stands for: with squared errors, its variance follows from "
            "the KL weight."
        )
    )


def _show_scores(runs: list[Model], question: Question) -> None:
    """Show the scores of both kinds, what the threshold flags, and precision over recall at all thresholds."""
    model, name = runs[0], question.class_name
    decision = decide(question.score, question.is_anomaly, question.threshold)
    found = detection_of(model, question.label, question.score_name)
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
            alt=tr(
                "{scores} of {model} on test images of class {name} and of all other classes; the threshold is "
                "{threshold:.2f}",
                scores=_named(question.score_name),
                model=model.name,
                name=name,
                threshold=question.threshold,
            ),
        )
        st.markdown(_verdict(decision, question))
    with right:
        _show_curves(runs, question, decision)
        lines = [
            tr(
                "**{model}**: average precision **{precision:.3f}**, ROC AUC **{area:.3f}**",
                model=escape(model.name),
                precision=found.average_precision,
                area=found.roc_auc,
            )
        ]
        for other in runs[1:]:
            second = detection_of(other, question.label, question.score_name)
            by_error = question.score_name != "error" and (not has_likelihood(other) or parts_of(other) is None)
            shown = escape(other.name)
            lines.append(
                tr(
                    "{model}: average precision {precision:.3f}, ROC AUC {area:.3f}",
                    model=tr("{model} (by its error)", model=shown) if by_error else shown,
                    precision=second.average_precision,
                    area=second.roc_auc,
                )
            )
        lines.append(
            tr(
                "Random ranking: average precision {precision:.3f} (the share of class {name}), ROC AUC 0.500",
                precision=found.base_rate,
                name=escape(name),
            )
        )
        st.markdown("\n".join(f"- {line}" for line in lines))
        if found.roc_auc < 0.5:
            why = tr("Worse than a random ranking: class {name} has smaller scores than most.", name=escape(name))
            if question.score_name == "error":
                why = tr(
                    "Worse than a random ranking: class {name} is easier to reconstruct than most. The error also "
                    "measures how complex an image is.",
                    name=escape(name),
                )
            st.caption(why)


def _show_curves(runs: list[Model], question: Question, decision: Decision) -> None:
    detections = {model.name: detection_of(model, question.label, question.score_name) for model in runs}
    chosen = None
    if decision.precision is not None and decision.recall is not None:
        chosen = (decision.recall, decision.precision)
    base_rate = detections[runs[0].name].base_rate
    show_figure(
        precision_recall_curves(
            {name: (found.recall, found.precision) for name, found in detections.items()}, base_rate, chosen
        ),
        key="precision-recall",
        alt=tr(
            "Precision over recall for class {name}: {precisions}; base rate {rate:.3f}",
            name=question.class_name,
            precisions="; ".join(
                tr("{model}, average precision {precision:.3f}", model=name, precision=found.average_precision)
                for name, found in detections.items()
            ),
            rate=base_rate,
        ),
    )


def _verdict(decision: Decision, question: Question) -> str:
    flagged = decision.found + decision.false_alarms
    text = tr(
        "At the threshold **{threshold:.2f}**, {flagged:,} of {count:,} images are flagged: {found:,} of {anomalies:,} "
        "of class {name}, and {alarms:,} false alarms.",
        threshold=question.threshold,
        flagged=flagged,
        count=len(question.is_anomaly),
        found=decision.found,
        anomalies=decision.found + decision.missed,
        name=escape(question.class_name),
        alarms=decision.false_alarms,
    )
    precision, recall, f1 = (
        "-" if value is None else number(value, ".1%") for value in (decision.precision, decision.recall, decision.f1)
    )
    measures = tr(
        "Precision **{precision}**, recall **{recall}**, F1 **{f1}**.", precision=precision, recall=recall, f1=f1
    )
    return f"{text} {measures}"


def _show_list(model: Model, table: LatentTable, question: Question) -> None:
    """Show the images by falling score, each beside its reconstruction."""
    st.subheader(tr("Most anomalous first"))
    order = ranking_of(model, question.score_name)
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
            kind = tr("anomaly") if is_anomaly else tr("normal")
            badge = f":orange-badge[{escape(label)}]" if is_anomaly else f":blue-badge[{escape(label)}]"
            flag = " :material/flag:" if error >= question.threshold else ""
            picture = enlarge(tile(shrink(image, TILE_PX), len(image)), PAIR_PX)
            st.image(
                to_data_uri(picture),
                width=PAIR_PX if dataset is not None else PAIR_PX // 2,
                caption=f"{number(start + place + 1, ',')}. {badge} {number(error, '.2f')}{flag}",
                alt=tr(
                    "Rank {rank}: image {index}, class {name} ({kind}), {score} {value:.2f}",
                    rank=start + place + 1,
                    index=index,
                    name=label,
                    kind=kind,
                    score=tr(question.score_name),
                    value=error,
                ),
            )
    st.caption(
        tr(
            "{what}, ranks {first:,} to {last:,} of {count:,} by {score}. Orange: class {name} (anomaly). Blue: "
            "normal. Flag: at or above the threshold.",
            what=tr("Original and reconstruction") if dataset is not None else tr("Reconstructions"),
            first=start + 1,
            last=start + len(shown),
            count=len(order),
            score=tr(question.score_name),
            name=escape(question.class_name),
        )
    )
    if dataset is None:
        offer_download(model.config.data.name, tr("to show the original images"))


def _named(score_name: ScoreName) -> str:
    quantity = tr("errors") if score_name == "error" else tr(SCORES[score_name])
    return quantity[:1].upper() + quantity[1:]
