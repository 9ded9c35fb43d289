"""The decoded plane as a visitor opens it by an address."""

from visits import open_plane, texts

DIMENSIONS = 16


def said(app):
    return " ".join(texts(app.caption) + texts(app.warning))


def in_address(app, name):
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def visit(app, model, **parameters):
    """Come to the page by an address."""
    named = {name if name == "behind" else f"{model}.{name}": value for name, value in parameters.items()}
    return open_plane(app, model, **named)


def decoder(path):
    from aeviz.training.run import load

    return load(path)


def moved(point, **changes):
    """A copy of a latent point with some dimensions set: z1, z2, ..."""
    found = list(point)
    for name, value in changes.items():
        found[int(name[1:]) - 1] = value
    return found
