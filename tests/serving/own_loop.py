"""Coroutines in tests that share their process with a browser, whose loop runs all the time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def finish(coroutine):
    """Run a coroutine in a loop of its own, in a thread of its own, and return its result."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
