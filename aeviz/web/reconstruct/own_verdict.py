"""A visitor's image beside its reconstruction, and how it compares with the images that the model knows."""

import streamlit as st

from aeviz.analysis.novelty import Vote
from aeviz.figures.images import enlarge, error_map, similarity_map, take, tile, to_data_uri
from aeviz.language import mark, tr
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.upload import OwnImage
from aeviz.web.reconstruct.own_result import Judgement, OwnResult

PICTURE_PX = 108
"""Width of an image and of what a model makes of it."""
_ICONS = {
    mark("in distribution"): ":material/check_circle:",
    mark("unusual"): ":material/help:",
    mark("out of distribution"): ":material/warning:",
}


def class_words(votes: Vote, model: Model) -> str:
    """Return the class that the neighbours vote for, in words; nothing where the images have no classes."""
    if votes.label is None:
        return ""
    return tr(
        "class **{name}** ({votes} of {count}), ",
        name=escape(model.provenance.class_names[votes.label]),
        votes=votes.votes,
        count=len(votes.neighbours),
    )


def show_pass(picture: OwnImage, result: OwnResult) -> None:
    """Show the image, what the model makes of it, and where and in what the two differ."""
    image = result.image
    parts = [
        (tile(result.input[None], 1), tr("network input")),
        (tile(image[None], 1), tr("its reconstruction")),
        (error_map(result.input, image, is_dark=is_dark()), tr("red: too bright, blue: too dark")),
    ]
    by_place = result.likeness.ssim_map
    if by_place is not None:
        parts.append((similarity_map(by_place, *image.shape[1:], is_dark=is_dark()), tr("SSIM: violet = unlike")))
    captions = [caption for _, caption in parts]
    st.image(
        [to_data_uri(enlarge(part, PICTURE_PX)) for part, _ in parts],
        width=PICTURE_PX,
        caption=captions,
        alt=[f"{picture.name}: {caption}" for caption in captions],
    )


def show_verdict(result: OwnResult) -> Judgement | None:
    """Say how an image compares with the test set; return that, or None where there is no test set."""
    model, judged = result.model, result.judged
    if result.is_blank:
        st.info(tr("The image is blank after preprocessing: nothing to classify."), icon=":material/hide_image:")
    if judged is None:
        return None
    verdict, votes, reference = judged
    novelty = tr(verdict.novelty)
    lines = [f"#### {_ICONS[verdict.novelty]} {novelty[:1].upper()}{novelty[1:]}"]
    if votes.label is not None:
        names = model.provenance.class_names
        against = tr("all agree")
        if votes.runner_up is not None:
            against = tr(
                "{votes} for {name}, margin {margin:.0%}",
                votes=votes.runner_up_votes,
                name=escape(names[votes.runner_up]),
                margin=votes.margin,
            )
        lines.append(
            tr(
                "{votes} of the {count} nearest {images} are of class **{name}**: {against}.",
                votes=votes.votes,
                count=len(votes.neighbours),
                images=escape(tr(reference.name)),
                name=escape(names[votes.label]),
                against=against,
            )
        )
        if result.other_classes:
            others = "; ".join(
                tr("by {judge} it is **{name}**", judge=tr(judge), name=escape(names[label]))
                for judge, label in result.other_classes.items()
            )
            lines.append(tr(":material/call_split: **The judges disagree**: {others}.", others=others))
    lines.append(
        tr(
            "Its error of **{error:.2f}** is above that of **{share:.0%}** of the test images; its latent point lies "
            "farther from the data than **{distance_share:.0%}** of theirs. Beyond 95 % of one of the two is unusual, "
            "beyond 99 % out of distribution.",
            error=verdict.error,
            share=verdict.error_share,
            distance_share=verdict.distance_share,
        )
    )
    st.markdown("\n\n".join(lines))
    return judged


def show_nearest(judged: Judgement, model: Model) -> None:
    """Show the images that voted."""
    votes, reference = judged.votes, judged.reference
    if reference.images is not None:
        pictures, caption = take(reference.images, votes.neighbours), tr("Nearest {images}", images=tr(reference.name))
    else:
        pictures = decoded(model, reference.z[votes.neighbours])
        caption = tr("The nearest test images decoded by the model; their own images are not on this machine")
    st.image(
        to_data_uri(enlarge(tile(pictures, len(votes.neighbours)), 600)),
        width="stretch",
        caption=escape(caption),
        alt=caption,
    )
