import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    # The images are small: more threads only wait for each other, for seconds where another process has the cores.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
