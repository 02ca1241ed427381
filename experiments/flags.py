"""Settings dataclasses <-> absl flags. A field is a flag; nothing else defines one."""

import dataclasses
import difflib
import sys
from collections.abc import Callable, Iterable
from typing import TypeVar, get_type_hints

from absl import flags

Settings = TypeVar("Settings")

DEFINERS = {
    bool: flags.DEFINE_bool,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
    tuple[str, ...]: flags.DEFINE_list,
    tuple[int, ...]: flags.DEFINE_list,
    tuple[float, ...]: flags.DEFINE_list,
}
NUMBERS = {  # of a list: how each is read, and what is expected
    tuple[int, ...]: (int, "whole numbers"),
    tuple[float, ...]: (float, "numbers"),
}


class SettingsError(ValueError):
    """A setting that cannot be used: an unknown name, or one that a resumed run contradicts."""


def define_flags(settings_class: type) -> None:
    """Define one flag per field, with the field's default, help text and choices."""
    types = get_type_hints(settings_class)
    for field in dataclasses.fields(settings_class):
        text, choices = field.metadata["help"], field.metadata["choices"]
        default = field.default
        if isinstance(default, tuple):
            default = [str(item) for item in default]
        if choices:
            flags.DEFINE_enum(field.name, default, list(choices), text)
        else:
            DEFINERS[types[field.name]](field.name, default, text)
        # --help lists the key flags of the script that was started, not of this module.
        flags.FLAGS.register_key_flag_for_module(sys.argv[0], flags.FLAGS[field.name])


def read_flags(settings_class: type[Settings]) -> Settings:
    """Return the settings that the command line asks for.

    Raises:
      SettingsError: a list of numbers holds something else.
    """
    types = get_type_hints(settings_class)
    values = {name: flags.FLAGS[name].value for name in types}
    for name, kind in types.items():
        if kind in NUMBERS:
            values[name] = _to_numbers(name, values[name], *NUMBERS[kind])
        elif kind == tuple[str, ...]:
            values[name] = tuple(values[name])
    return settings_class(**values)


def check_limits(settings) -> None:
    """Check every number, or list of numbers, against its field's limits.

    Raises:
      SettingsError: one is outside of them.
    """
    for field in dataclasses.fields(settings):
        minimum, below = field.metadata["minimum"], field.metadata["below"]
        value = getattr(settings, field.name)
        numbers = value if isinstance(value, tuple) else (value,)
        if minimum is not None and any(number < minimum for number in numbers):
            raise SettingsError(f"--{field.name}: expected at least {minimum}, found {value}")
        if below is not None and any(number >= below for number in numbers):
            raise SettingsError(f"--{field.name}: expected below {below}, found {value}")


def reject_unknown(names: Iterable[str], known: Iterable[str], flag: str) -> None:
    """Raise a SettingsError for a name that is not known, with the nearest one that is."""
    known = list(known)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"--{flag}: unknown {name!r}{hint} Known: {', '.join(known)}")


def _to_numbers(name: str, items: list[str], read: Callable, expected: str) -> tuple:
    try:
        return tuple(read(item) for item in items)
    except ValueError as error:
        raise SettingsError(f"--{name}: expected {expected}, found {','.join(items)}") from error
