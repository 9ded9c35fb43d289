"""The path below which a server is reached: Streamlit's setting `server.baseUrlPath`."""

from streamlit import config


def base_path() -> str:
    """Return the path, such as "/aeviz"; empty where the server has a host of its own."""
    name = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{name}" if name else ""
