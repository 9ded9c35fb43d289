"""Folders of runs whose files are mutated: each reader gives a result or a message, and the gallery shows the rest."""

import math
import shutil
from pathlib import Path

import pytest
from hostile_files import mutated_zips, mutations, safetensors, snapshot
from hostile_outcome import MB, check_message, levels, outcomes, watched

from aeviz.errors import AevizError, CheckpointError
from aeviz.training.foreign import read_graphs
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder, scan_folders
from aeviz.training.status import STATUS, read_status

LATENTS = "latents.npz"
READERS = {
    CONFIG: load,
    HISTORY: lambda path: RunFolder.read(path).history(),
    EVALUATION: lambda path: RunFolder.read(path).evaluation(),
    LATENTS: lambda path: RunFolder.read(path).latents(),
    MODEL: load,
    STATUS: read_status,
}


def mutated(name, content, seed, count):
    if name.endswith(".npz"):
        yield from mutated_zips(content, seed, count // 2)
        count -= count // 2
    yield from mutations(content, seed, count, is_text=name.endswith((".json", ".jsonl")))


@levels("run")
@pytest.mark.parametrize("name", [CONFIG, HISTORY, EVALUATION, LATENTS, MODEL])
def test_files_of_a_run(name, run_copy, tmp_path, count):
    path = run_copy / name
    load(run_copy)  # its modules

    def read(content):
        path.write_bytes(content)
        READERS[name](run_copy)
        scan_folders()

    contents = mutated(name, path.read_bytes(), len(name), count // 5)
    _, messages = outcomes(contents, read, tmp_path, errors=CheckpointError, cap=128 * MB)
    assert messages


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


HEADERS = (
    {"a": tensor()},
    {"__metadata__": {"epoch": "1"}, "a": tensor(shape=(2**62,), offsets=(0, 2**62))},
    {"__metadata__": {"epoch": "1"}, "a": tensor(shape=(2**32, 2**32), offsets=(0, 4))},
    {"__metadata__": {"epoch": "1"}, "a": tensor(), "b": tensor()},
    {"__metadata__": {"epoch": "1"}, "a": tensor(offsets=(4, 0))},
    {"__metadata__": {"epoch": "1"}, "a": tensor(offsets=(-4, 0))},
    {"__metadata__": {"epoch": "1"}, "a": tensor(dtype="PICKLE")},
    {"__metadata__": {"epoch": "9" * 5000}, "a": tensor()},
    {"__metadata__": {"epoch": "-1"}, "a": tensor()},
    {"__metadata__": {"epoch": "one"}, "a": tensor()},
    {"__metadata__": {"epoch": 1}, "a": tensor()},
    {"__metadata__": ["epoch"], "a": tensor()},
    {"__metadata__": {"epoch": "1"}, "../../evil": tensor()},
    *({"__metadata__": {"epoch": "1"}, "a": tensor(kind, (1,), (0, size))} for kind, size in
      (("BF16", 2), ("F16", 2), ("BOOL", 1), ("I64", 8), ("U16", 2), ("F8_E4M3", 1), ("F8_E8M0", 1), ("C64", 8))),
    b"[" * 5000,
    b"\xff\xfe",
    b"",
)  # fmt: skip


def test_weights_with_hostile_headers(run_copy, tmp_path):
    contents = [safetensors(header, bytes(8)) for header in HEADERS]
    contents += [safetensors(header, bytes(size)) for header in HEADERS for size in (1, 2, 4)]
    contents += [b"\xff" * 8, (2**63).to_bytes(8, "little") + b"{}", b"\x80\x04\x95pickle"]
    before = snapshot(tmp_path)

    def read(content):
        (run_copy / MODEL).write_bytes(content)
        load(run_copy)

    load(run_copy)
    results, messages = outcomes(contents, read, tmp_path, errors=CheckpointError, cap=64 * MB)
    assert (results, messages) == (0, len(contents))
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    "kind", ["F32", "F16", "BF16", "F64", "I32", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0", "C64", "F4"]
)
def test_weights_of_every_type_fit_or_are_refused(kind, run_copy, tmp_path):
    """Names and shapes are those of the network, but the numbers are of another type."""
    from safetensors import safe_open

    bits = {"F32": 32, "F16": 16, "BF16": 16, "F64": 64, "I32": 32, "C64": 64, "F4": 4}.get(kind, 8)
    header, end = {"__metadata__": {"epoch": "1"}}, 0
    with safe_open(run_copy / MODEL, "pt") as file:
        for name in file.keys():  # noqa: SIM118 - not a dict
            shape = file.get_slice(name).get_shape()
            size = bits * math.prod(shape) // 8
            header[name] = tensor(kind, shape, (end, end + size))
            end += size

    def read(content):
        (run_copy / MODEL).write_bytes(content)
        load(run_copy)

    outcomes([safetensors(header, bytes(end))], read, tmp_path, errors=CheckpointError, cap=64 * MB)


@pytest.fixture
def imported(tmp_path):
    """A copy of the network.json of the imported model in the tests of foreign runs."""
    from aeviz.models.foreign.graph import Constant, Graph, Node
    from aeviz.training.foreign import NETWORK, write_graphs

    nodes = (
        Node(op="Reshape", inputs=("x", "flat"), outputs=("y",)),
        Node(op="MatMul", inputs=("y", "w"), outputs=("z",), attributes={"axis": 1, "perm": [0, 1], "mode": "linear"}),
    )
    constants = {"flat": Constant(shape=(2,), values=(-1, 64))}
    graph = Graph(input="x", outputs=("z",), nodes=nodes, weights={"w": (64, 2)}, constants=constants, opset=18)
    write_graphs(tmp_path, (graph, graph))
    return tmp_path / NETWORK


@levels("network")
def test_network_of_an_imported_run(imported, tmp_path, count):
    def read(content):
        imported.write_bytes(content)
        read_graphs(tmp_path)

    contents = mutations(imported.read_bytes(), 5, count, is_text=True)
    outcomes(contents, read, tmp_path, errors=CheckpointError, cap=64 * MB)


@levels("gallery")
def test_gallery_of_bad_and_good_runs(trained_folder, runs_folder, tmp_path, count):
    """Each third folder is whole; the others have one mutated file."""
    runs_folder.mkdir()
    good = []
    files = [CONFIG, HISTORY, EVALUATION, LATENTS, MODEL]
    for number in range(count):
        path = Path(shutil.copytree(trained_folder, runs_folder / f"run-{number:03d}"))
        if number % 3 == 0:
            good.append(path.name)
            continue
        name = files[number % len(files)]
        (path / name).write_bytes(next(iter(mutated(name, (path / name).read_bytes(), 1000 + number, 1))))
    (runs_folder / "not-a-run").write_bytes(b"x")
    with watched(tmp_path, 256 * MB):
        folders, problems = scan_folders()
    names = [folder.name for folder in folders]
    assert set(good) <= set(names)
    assert problems
    for problem in problems:
        check_message(AevizError(problem.message))
        assert problem.path.name in problem.message
    assert not set(names) & {problem.path.name for problem in problems}
    for folder in folders:
        for read in READERS.values():
            try:
                with watched(tmp_path, 128 * MB):
                    read(folder.path)
            except CheckpointError as error:
                assert folder.name not in good
                check_message(error)
