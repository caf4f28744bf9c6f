"""Events as JSON and back."""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from pruneview.pruning.events import Event


def encode_event(event: Event) -> bytes:
    """Return the event as JSON; NaN and infinities are kept, as Python writes them."""
    return json.dumps(event.to_json(), separators=(",", ":")).encode()


def decode_event(text: bytes) -> Event | None:
    """Return the event; None for a kind that this version does not know.

    Fields that are not known are left out, so that later versions may add some.

    Raises
    ------
    ValueError
        Where it is not an event's JSON.
    """
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("not an event")
    kind = _kinds().get(str(fields.pop("event", None)))
    try:
        return None if kind is None else typing.cast("Event", _build(kind, fields))
    except (TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _kinds() -> dict[str, type]:
    return {_word(kind): kind for kind in Event.__subclasses__()}


def _word(kind: type) -> str:
    letters = ("_" + c.lower() if c.isupper() else c for c in kind.__name__)
    return "".join(letters).lstrip("_")


def _build(kind: type, fields: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    known = {f.name for f in dataclasses.fields(kind) if f.init}
    return kind(**{k: _value(hints[k], v) for k, v in fields.items() if k in known})


def _value(hint: Any, value: Any) -> Any:
    """Turn lists into tuples and objects into dataclasses where the field says so."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, value)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        given = [a for a in arguments if a is not type(None)]
        return None if value is None else _value(given[0], value)
    if origin is tuple:
        inner = arguments[0] if arguments else Any
        each = (
            (inner,) * len(value)
            if len(arguments) == 2 and arguments[1] is Ellipsis
            else arguments
        )
        return tuple(_value(h, v) for h, v in zip(each, value, strict=True))
    return _plain(origin or hint, value)


def _plain(kind: Any, value: Any) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if isinstance(kind, type) and type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
