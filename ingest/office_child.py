"""The child that becomes LibreOffice: puts up walls that hold for every program after it, then starts it in its place.

Started by `ingest.office` as `python -m ingest.office_child`, with the order as JSON on stdin.
"""

import json
import os
import sys

from ingest.sandbox_walls import put_up_for_program


def main() -> None:
    """Do the one order on stdin: `{"walls": {…}, "command": […], "environment": {…}}`."""
    order = json.load(sys.stdin)
    put_up_for_program(**order["walls"])
    command = order["command"]
    os.execve(command[0], command, order["environment"])  # noqa: S606 - the program and its words are ours


if __name__ == "__main__":
    main()
