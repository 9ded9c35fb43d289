"""Generate: images that nobody drew, from latent points that no image was encoded to."""

import streamlit as st

from aeviz.web.generate.view import COMPARING, pick_section, show_section
from aeviz.web.kernel.page import page, pick_model, pick_second, require_runs

with page(
    "Generate",
    "A decoder draws whatever latent point it is given. Where do good points come from? From a prior, from the way "
    "between two images, from the difference between two classes, or between faces with and without a smile.",
):
    found = require_runs("weights")
    section = pick_section()
    left, right = st.columns(2)
    with left:
        first = pick_model(found, default="vae-10d")
    second = None
    if section in COMPARING:
        with right:
            second = pick_second(found, first, mapped=False)
    show_section(section, found, first, second)
    with st.expander("What is behind this"):
        st.markdown(
            """
**Prior.** A variational autoencoder is trained so that the points it encodes images to follow a distribution chosen
beforehand, the prior: N(0, I), or N(m, I) with a mean m of its own for each class (*class-anchored*). How well they
do is a matter of the weight of the KL divergence: a small one gives sharp reconstructions and leaves holes in the
prior, where samples look like nothing. **Temperature** multiplies the standard deviation of the draws: 1 is the prior
itself; below 1 the images become likelier and more alike, above 1 more varied and stranger.

**Straight or round.** In many dimensions nearly all draws from N(0, I) lie at about the same distance from the origin,
the root of the number of dimensions. The middle of a straight line between two of them lies nearer, where hardly a draw
ever falls; a great circle (*slerp*) keeps the distance. In two or three dimensions, around anchors that are not at the
origin, or without a prior, the origin is no special place and the straight line is as good.

**Arithmetic.** If two classes lie side by side in the latent space, the step from the mean of one to the mean of the
other, added to any image's point, changes what makes them differ and leaves the rest. Images that are labelled with
attributes, as faces are with *smiling* or *eyeglasses*, give a step for each: the mean of those with it less the mean
of those without. It carries along all that goes together with the attribute in the data, and says nothing of causes.

**As it learned.** A variational model decodes the same draws from its prior after the first epoch of training and after
each quarter. Early on they are blotches that look much alike; what stays blurred to the end is what the
reconstruction loss forgives.

**Far from the data** means that the 10th nearest encoded test image is farther away than it is for 99 of 100 encoded
images; of a variational model, than for 99 of 100 samples of their posteriors, since it is samples that its decoder has
learned to draw, and in many dimensions those are a long way from all means. Only the dimensions that it uses (variance
of the encoded images above 0.01) count here: in the others its decoder has learned to pay no heed to noise.

After M. Sevkovych, *On variational autoencoders: theory and applications*, Univ. of Stuttgart, 2023, whose
class-anchored models compose generated digits into numbers, and R. Grabovac, *Variational autoencoders with
applications*, Univ. of Zagreb, 2025 (samples from the prior over the epochs: figures 4.5 and 4.8). Slerp: K. Shoemake
1985; for latent points, and for attributes, T. White,
*Sampling generative networks*, 2016, arXiv:1609.04468. Faces: Z. Liu, P. Luo, X. Wang, X. Tang,
*Deep learning face attributes in the wild*, 2015.
"""
        )
