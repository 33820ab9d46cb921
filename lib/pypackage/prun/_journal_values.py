"""The form of Python objects in a journal: JSON and MessagePack if these preserve them exactly, otherwise pickles.

In JSON, a pickle is {"__pickle__": "<base64>"}: tuples, sets, arrays, objects of classes.
"""

import base64
import json
import math
import pickle
import struct

PICKLE = "__pickle__"

_DEEPEST = 64
_LARGEST_IN_ROW = 256 << 10  # SCHEMA.md: larger values are in pieces
_PIECE = 1 << 20


def _is_exact_text(text):
    try:
        text.encode()
    except UnicodeEncodeError:  # it holds surrogates
        return False
    return True


def is_plain(value, depth=0):
    """Returns True if JSON preserves the value and its type."""
    kind = type(value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return -1 << 63 <= value < 1 << 63
    if kind is str:
        return _is_exact_text(value)
    if kind is float:
        return math.isfinite(value)
    if depth == _DEEPEST:
        return False
    if kind is list:
        return all(is_plain(item, depth + 1) for item in value)
    if kind is dict:
        return PICKLE not in value and all(type(key) is str and is_plain(key) and is_plain(item, depth + 1)
                                           for key, item in value.items())
    return False


def of_pickle(data):
    return {PICKLE: base64.b64encode(data).decode("ascii")}


def plain_form(value):
    """Returns a plain value that represents the object. Raises the exceptions of pickle."""
    if is_plain(value):
        return value
    from ._pickling import dump_by_name
    return of_pickle(dump_by_name(value))


def is_pickled(form):
    return type(form) is dict and len(form) == 1 and PICKLE in form


def value_of(form):
    """Returns the object that a form represents."""
    return pickle.loads(base64.b64decode(form[PICKLE])) if is_pickled(form) else form


def text_of(form):
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


def same_form(one, other):
    """Returns True if the forms represent equal objects. Two pickles of an object may differ in which parts they share."""
    kind = type(one)
    if kind is not type(other):
        return False
    if is_pickled(one) and is_pickled(other):
        return one == other or _same_objects(one, other)
    if kind is list:
        return len(one) == len(other) and all(map(same_form, one, other))
    if kind is dict or kind is float:  # 0.0 is not -0.0, and the order of keys counts
        return text_of(one) == text_of(other)
    return one == other


def _same_objects(one, other):
    try:
        one, other = value_of(one), value_of(other)
        if type(one) is not type(other):
            return False
        # A newly loaded object shares as few parts as possible.
        if pickle.dumps(one, 5) == pickle.dumps(other, 5):
            return True
        return bool(one == other)
    except Exception:  # arrays have no single truth value, and classes may have changed
        return False


# Values as columns.

def column_of(form):
    """Returns (value in the row, pieces)."""
    kind = type(form)
    if kind is int or kind is float:
        return form, ()
    text = text_of(form)
    if len(text) * 4 <= _LARGEST_IN_ROW or len(text.encode()) <= _LARGEST_IN_ROW:
        return text, ()
    out = bytearray()
    _pack(form, out)
    return b"", [bytes(out[at:at + _PIECE]) for at in range(0, len(out), _PIECE)]


def column_of_result(value):
    """The same for a result, which may be bytes or a number that JSON cannot represent."""
    kind = type(value)
    if kind is float and math.isnan(value):
        return b"\xcb" + struct.pack(">d", value), ()
    if kind is float and math.isinf(value):
        return value, ()
    if kind is bytes and len(value) <= _LARGEST_IN_ROW:
        out = bytearray()
        _pack(value, out)
        return bytes(out), ()
    return column_of(plain_form(value))


def form_of_column(column, pieces=b""):
    """Returns the form of the value in a column. @raises ValueError if it is not a value"""
    if type(column) is str:
        return json.loads(column)
    if type(column) is not bytes:
        return column
    data = column or pieces
    try:
        form, end = _unpack(memoryview(data), 0)
    except (struct.error, IndexError) as error:
        raise ValueError("a value is not whole") from error
    if end != len(data):
        raise ValueError("bytes that are no value")
    return form


# MessagePack: only the types that forms have.

def _pack_head(size, out, short, short_most, *tags):
    if size <= short_most:
        out.append(short | size)
        return
    for tag, width in zip(tags, (1, 2, 4) if len(tags) == 3 else (2, 4)):
        if size < 1 << 8 * width:
            out.append(tag)
            out += size.to_bytes(width, "big")
            return
    raise ValueError("a value of more than 4 GiB cannot be recorded")


def _pack_int(value, out):
    if -32 <= value < 128:
        out.append(value & 0xff)
        return
    for width, positive, negative in ((1, 0xcc, 0xd0), (2, 0xcd, 0xd1), (4, 0xce, 0xd2), (8, 0xcf, 0xd3)):
        if value >= 0 and value < 1 << 8 * width:
            out.append(positive)
        elif value < 0 and value >= -1 << (8 * width - 1):
            out.append(negative)
        else:
            continue
        out += (value & ((1 << 8 * width) - 1)).to_bytes(width, "big")
        return


def _pack(value, out):
    kind = type(value)
    if value is None:
        out.append(0xc0)
    elif kind is bool:
        out.append(0xc3 if value else 0xc2)
    elif kind is int:
        _pack_int(value, out)
    elif kind is float:
        out.append(0xcb)
        out += struct.pack(">d", value)
    elif kind is str:
        data = value.encode()
        _pack_head(len(data), out, 0xa0, 31, 0xd9, 0xda, 0xdb)
        out += data
    elif kind is bytes:
        _pack_head(len(value), out, 0, -1, 0xc4, 0xc5, 0xc6)
        out += value
    elif kind is list:
        _pack_head(len(value), out, 0x90, 15, 0xdc, 0xdd)
        for item in value:
            _pack(item, out)
    else:
        _pack_head(len(value), out, 0x80, 15, 0xde, 0xdf)
        for key, item in value.items():
            _pack(key, out)
            _pack(item, out)


_FIXED = {0xc0: None, 0xc2: False, 0xc3: True}
_NUMBERS = {0xca: ">f", 0xcb: ">d", 0xcc: ">B", 0xcd: ">H", 0xce: ">I", 0xcf: ">Q", 0xd0: ">b", 0xd1: ">h", 0xd2: ">i",
            0xd3: ">q"}
_SIZED = {0xc4: (bytes, 1), 0xc5: (bytes, 2), 0xc6: (bytes, 4), 0xd9: (str, 1), 0xda: (str, 2), 0xdb: (str, 4),
          0xdc: (list, 2), 0xdd: (list, 4), 0xde: (dict, 2), 0xdf: (dict, 4)}


def _head(data, at):
    """Returns (type, size or value, position after it)."""
    tag = data[at]
    at += 1
    if tag < 0x80 or tag >= 0xe0:
        return int, tag if tag < 0x80 else tag - 256, at
    if tag < 0xc0:
        kind, mask = (dict, 15) if tag < 0x90 else (list, 15) if tag < 0xa0 else (str, 31)
        return kind, tag & mask, at
    if tag in _FIXED:
        return None, _FIXED[tag], at
    if tag in _NUMBERS:
        number = _NUMBERS[tag]
        return int, struct.unpack_from(number, data, at)[0], at + struct.calcsize(number)
    if tag in _SIZED:
        kind, width = _SIZED[tag]
        return kind, int.from_bytes(data[at:at + width], "big"), at + width
    raise ValueError("bytes that are no value")


def _unpack(data, at):
    if at >= len(data):
        raise ValueError("a value is not whole")
    kind, size, at = _head(data, at)
    if kind is None or kind is int:
        return size, at
    if size > len(data) - at:
        raise ValueError("a value is not whole")
    if kind is bytes:
        return bytes(data[at:at + size]), at + size
    if kind is str:
        return str(data[at:at + size], "utf-8"), at + size
    items = []
    for _ in range(size if kind is list else 2 * size):
        item, at = _unpack(data, at)
        items.append(item)
    return (items if kind is list else dict(zip(items[::2], items[1::2]))), at
