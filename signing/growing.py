"""A file added to without being read into memory: copied by the system, grown at its end, put in place whole."""

import contextlib
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def grown(source: Path, target: Path) -> Iterator[io.BufferedRandom]:
    """A copy of `source`, open for reading and adding, that takes `target`'s place when the body ends well.

    `target` is whole or as it was before; it may be `source` itself.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        shutil.copyfile(source, temporary)
        with temporary.open("r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def end_line(file: IO[bytes]) -> None:
    """See that a PDF ends with an end of line, which Typst leaves out.

    Without it the first added object would stand on the line of %%EOF, and the file would be PDF/A no longer
    (ISO 19005-2, 6.1.9; measured with veraPDF).
    """
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) not in (b"\n", b"\r"):
            file.write(b"\n")
    file.seek(0)
