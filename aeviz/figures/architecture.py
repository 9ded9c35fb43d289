"""A network as a diagram: a block a layer, wide layers tall (S1 and S2, figures 1.1 and 2.1 to 2.3)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

PART_COLOURS = {"input": "#94a4a2", "encoder": "#3f90da", "bottleneck": "#832db6", "decoder": "#e76300"}
"""Colour of each part of an autoencoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One layer of the diagram."""

    part: str
    """input, encoder, bottleneck or decoder."""
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    activation: str
    is_latent: bool
    """Whether the layer gives the latent point."""


def architecture_diagram(blocks: Sequence[Block]) -> go.Figure:
    """Draw the layers from left to right; a block's height grows with the logarithm of its output's size."""
    figure = go.Figure()
    heights = [0.35 + math.log10(math.prod(block.output_shape) + 1) for block in blocks]
    for part in dict.fromkeys(block.part for block in blocks):
        rows = [(x, block) for x, block in enumerate(blocks) if block.part == part]
        figure.add_trace(
            go.Bar(
                x=[x for x, _ in rows],
                y=[2 * heights[x] for x, _ in rows],
                base=[-heights[x] for x, _ in rows],
                width=0.62,
                name=part,
                marker={"color": PART_COLOURS[part]},
                text=[_shape(block.output_shape) for _, block in rows],
                textposition="inside",
                textangle=-90,
                insidetextanchor="middle",
                textfont={"color": "#ffffff", "size": 13},
                customdata=[
                    (block.kind, _shape(block.output_shape), f"{block.parameters:,}", block.activation or "none")
                    for _, block in rows
                ],
                hovertemplate="%{customdata[0]}<br>output %{customdata[1]}<br>%{customdata[2]} parameters"
                "<br>activation: %{customdata[3]}<extra>%{fullData.name}</extra>",
            )
        )
    latent = next(x for x, block in enumerate(blocks) if block.is_latent)
    figure.add_annotation(x=latent, y=heights[latent] + 0.1, text="latent z", showarrow=True, arrowhead=2, ay=-40, ax=0)
    figure.update_layout(
        barmode="overlay",
        xaxis={
            "tickvals": list(range(len(blocks))),
            "ticktext": [_tick(block) for block in blocks],
            "tickangle": -40,
            "fixedrange": True,
        },
        yaxis={"visible": False, "fixedrange": True},
        legend={"orientation": "h", "y": 1.12},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=400,
    )
    return figure


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(str(side) for side in shape)


def _tick(block: Block) -> str:
    return block.kind + (f"<br>+ {block.activation}" if block.activation else "")
