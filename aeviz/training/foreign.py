"""network.json of an imported run: the operators of its encoder and decoder, beside the weights."""

from pathlib import Path

from aeviz.config import ModelConfig
from aeviz.errors import CheckpointFormatError
from aeviz.models.foreign.graph import Graph
from aeviz.models.foreign.network import ForeignAutoencoder, build_foreign
from aeviz.records import shorten
from aeviz.training.files import write_json
from aeviz.training.safe_files import read_json_checked

NETWORK = "network.json"
NETWORK_FORMAT = 1
NETWORK_BYTES = 8 << 20
"""Largest network.json that is read: 5,000 operators take 1 MB."""
Graphs = tuple[Graph, Graph]
"""Encoder and decoder."""


def write_graphs(folder: Path, graphs: Graphs) -> None:
    """Write the operators of encoder and decoder, atomically."""
    encoder, decoder = graphs
    values = {"format": NETWORK_FORMAT, "encoder": encoder.to_dict(), "decoder": decoder.to_dict()}
    write_json(folder / NETWORK, values)


def read_graphs(folder: Path) -> Graphs:
    """Read the operators of an imported run.

    Raises:
        CheckpointNotFoundError: There is no network.json.
        CheckpointFormatError: It is damaged or of another version.
    """
    values = read_json_checked(folder / NETWORK, NETWORK_BYTES)
    where = f"{NETWORK} of run '{folder.name}'"
    if values.get("format") != NETWORK_FORMAT:
        raise CheckpointFormatError(
            f"{where} has format {shorten(values.get('format'))}; this aeviz reads {NETWORK_FORMAT}; import the model "
            "again"
        )
    return Graph.from_dict(values.get("encoder"), where), Graph.from_dict(values.get("decoder"), where)


def build_imported(folder: Path, config: ModelConfig) -> ForeignAutoencoder:
    """Build the network of an imported run; its weights are to be loaded. Raises as `read_graphs` does."""
    encoder, decoder = read_graphs(folder)
    return build_foreign(config, encoder, decoder, f"{NETWORK} of run '{folder.name}'")
