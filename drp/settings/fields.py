"""A field of a frozen dataclass with what a flag needs of it: help text, allowed values, limits."""

from dataclasses import field


def setting(
    default, help_text: str, choices: tuple[str, ...] = (), minimum: float | None = None,
    places: bool = False, below: float | None = None,
):  # fmt: skip
    """Return a dataclass field that carries its help text, allowed values and limits.

    `places`: it says where a run is computed and not what, so a resumed run may have another.
    """
    limits = {"choices": choices, "minimum": minimum, "below": below, "places": places}
    return field(default=default, metadata={"help": help_text, **limits})


def option(
    help_text: str, choices: tuple[str, ...] = (), minimum: float | None = None,
    below: float | None = None,
):  # fmt: skip
    """Return a recipe's field: no default, since every recipe says all that it does."""
    limits = {"choices": choices, "minimum": minimum, "below": below}
    return field(metadata={"help": help_text, **limits})
