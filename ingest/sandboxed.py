"""The child of the sandbox: reads one order from stdin, does one task behind the walls, writes the end to stdout.

Started by `ingest.sandbox` as `python -m ingest.sandboxed`. Each line out is one JSON object: `{"page": n}` when a
page is begun, and last either `{"result": …}` or `{"refusal": …}`. It imports what its task needs and nothing else.
"""

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

from ingest.refusals import Refusal
from ingest.sandbox_walls import put_up

TASKS = {
    "examine": "ingest.examining:examine_file",
    "faces": "ingest.examining:draw_faces",
    "inspect": "ingest.inspection_parsing:inspect_file",
    "inspect-office": "ingest.inspection_office:inspect_office",
    "judge-seals": "ingest.judging:judge_pdf",
    "look": "ingest.looking_parsing:look",
    "page-pdf": "ingest.paging_pdf:page_pdf",
    "page-ofd": "ingest.paging_ofd:page_ofd",
    "page-image": "ingest.paging_image:page_image",
    "sheet-difference": "ingest.sheets.difference_child:compare_pictures",
    "searchable": "ingest.searchable_pdf:make_copy",
    "stamp": "ingest.stamping:stamp_pdf",
    "tables": "ingest.tables:read_tables",
}
"""What the sandbox can do: name → module and function. The function takes the arguments of the order and `begin`."""


def main() -> None:
    """Do the one order on stdin."""
    out = sys.stdout
    # A parser that prints would break the lines of the answer.
    sys.stdout = sys.stderr
    order = json.load(sys.stdin)

    def write(line: dict[str, Any]) -> None:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()

    put_up(**order["walls"])
    try:
        write({"result": _task(order["task"])(**order["arguments"], begin=lambda page: write({"page": page}))})
    except Refusal as refusal:
        write({"refusal": refusal.to_json()})
    except MemoryError:
        write({"refusal": Refusal("too-much-memory").to_json()})
    except OSError as error:
        code = "output-too-large" if error.errno == _EFBIG else "parser-failed"
        write({"refusal": Refusal(code, error=type(error).__name__).to_json()})
    except Exception as error:  # noqa: BLE001 - every end of the child is typed; what the parser said goes to the log
        write({"refusal": Refusal("parser-failed", error=type(error).__name__).to_json()})
        print(repr(error), file=sys.stderr)  # noqa: T201 - stderr is the child's log


_EFBIG = 27


def _task(name: str) -> Callable[..., Any]:
    module, function = TASKS[name].split(":")
    task: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return task


if __name__ == "__main__":
    main()
