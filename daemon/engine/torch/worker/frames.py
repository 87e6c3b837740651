"""Binary frames between the daemon and this worker: the mirror of daemon/engine/frames.ts, standard library only.

Little endian: u32 header bytes, u32 payload bytes, header (UTF-8 JSON), payload (arrays, each 8-byte aligned within it).
"""

import json
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

FORMATS = {"i32": "i", "f32": "f", "f64": "d"}
KINDS = {code: kind for kind, code in FORMATS.items()}


class Frame(NamedTuple):
    """A JSON header and its arrays, as read-only views of the bytes received."""

    header: dict[str, Any]
    arrays: list[memoryview]


def aligned(size: int) -> int:
    """Bytes that an array of this many bytes takes in a payload."""
    return -(-size // 8) * 8


def read_frames(stream: BinaryIO) -> Iterator[Frame]:
    """Frames until the stream ends; one that is cut short by a daemon's death counts as its end."""
    while len(sizes := stream.read(8)) == 8:
        header_size, payload_size = struct.unpack("<II", sizes)
        text, payload = stream.read(header_size), memoryview(stream.read(payload_size))
        if len(text) + len(payload) < header_size + payload_size:
            return
        header = json.loads(text)
        arrays, offset = [], 0
        for kind, length in header.pop("arrays"):
            size = length * struct.calcsize(FORMATS[kind])
            arrays.append(payload[offset : offset + size].cast(FORMATS[kind]))
            offset += aligned(size)
        yield Frame(header, arrays)


def write_frame(stream: BinaryIO, header: dict[str, Any], arrays: tuple = ()) -> None:
    """Writes one frame. Arrays are contiguous buffers of int32, float32 or float64; NaN has no place in a header."""
    views = [memoryview(array) for array in arrays]
    layout = [(KINDS[view.format], len(view)) for view in views]
    text = json.dumps({**header, "arrays": layout}, allow_nan=False).encode()
    stream.write(struct.pack("<II", len(text), sum(aligned(view.nbytes) for view in views)) + text)
    for view in views:
        stream.write(view)
        stream.write(bytes(aligned(view.nbytes) - view.nbytes))
    stream.flush()
