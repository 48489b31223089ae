"""Write the files that the sample records tell of: plain pictures of one colour and short neutral texts.

Usage: python make_files.py FOLDER

The bytes are the same everywhere, so the records next to this script can hold their true digests.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

ALBUM = 40
SIZE = 16
"""Pixels along an edge of every picture."""

TEXTS = {
    "sextortion-thread.csv": (
        "message_id,sent_at,delivered_at,read_at,sender\r\n"
        "m-9001,2026-03-19T21:02:10Z,2026-03-19T21:02:11Z,2026-03-19T21:02:40Z,msg-user-2093\r\n"
        "m-9002,2026-03-19T21:03:05Z,2026-03-19T21:03:05Z,2026-03-19T21:03:09Z,msg-user-7744\r\n"
        "m-9003,2026-03-19T21:10:47Z,2026-03-19T21:10:48Z,2026-03-19T21:11:30Z,msg-user-2093\r\n"
        "m-9004,2026-03-19T21:12:02Z,2026-03-19T21:12:02Z,2026-03-19T21:12:05Z,msg-user-7744\r\n"
        "m-9005,2026-03-19T21:14:33Z,2026-03-19T21:14:34Z,,msg-user-2093\r\n"
    ),
    "trafficking-page.txt": (
        "Text of the page https://ads.example.com/post/88120 as saved on 2026-03-20T07:40:00Z\n"
        "Title: [title of the advertisement]\n"
        "Body: [text of the advertisement]\n"
        "Contact given on the page: +1 202 555 0142\n"
    ),
    "hotline-notice.txt": (
        "Notice EH-2026-00311 of Example Hotline, received 2026-03-20T06:30:00Z\n"
        "Address: https://cdn.files.example.net/pub/5f21/view\n"
        "Seen online by the hotline: 2026-03-20T05:50:00Z\n"
        "Host by the hotline's look-up: Example Hosting, 203.0.113.80\n"
    ),
    "voice-session.txt": (
        "Transcript of the voice session arena-vs-51820, made from the recording that the service keeps\n"
        "2026-03-19T23:41:07Z arena-8812: [spoken: asks for age]\n"
        "2026-03-19T23:41:15Z arena-3107: [spoken: says 12]\n"
        "2026-03-19T23:42:30Z arena-8812: [spoken: asks to go on in private messages]\n"
        "2026-03-19T23:43:02Z arena-3107: [spoken: declines and leaves]\n"
    ),
}
PICTURES = {
    "hash-match.png": (70, 130, 180),
    "sextortion-image.png": (46, 139, 87),
    "trafficking-page.png": (184, 134, 11),
    "shared-1.png": (119, 136, 153),
    "shared-2.png": (95, 158, 160),
    "viral.png": (255, 215, 0),
    "order-1.png": (106, 90, 205),
    "order-2.png": (205, 133, 63),
    **{f"album-{number:02}.png": (6 * number, 255 - 5 * number, 128) for number in range(1, ALBUM + 1)},
}
"""File names and their colours: red, green, blue."""


def picture(colour: tuple[int, int, int]) -> bytes:
    """A square PNG of one colour; its data are stored rather than compressed, for compressors differ."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes(colour) * SIZE) * SIZE
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    stored += struct.pack(">I", zlib.adler32(rows))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def files() -> Iterator[tuple[str, bytes]]:
    """Every file by its name."""
    for name, colour in PICTURES.items():
        yield name, picture(colour)
    for name, text in TEXTS.items():
        yield name, text.encode()


def write(folder: Path) -> None:
    """Write every file into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python make_files.py FOLDER")
    write(Path(sys.argv[1]))
