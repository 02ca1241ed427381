"""Each way to run a function."""

import jax
import pytest


def identity(function):
    return function


@pytest.fixture(params=[identity, jax.jit], ids=["eager", "jit"])
def compiled(request):
    """A test that takes this runs twice: as written, and compiled."""
    return request.param
