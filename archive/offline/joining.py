"""Joining the parts into the one file that an auditor is given: the same bytes on every machine."""

import ast
import functools
from pathlib import Path

VERIFIER_NAME = "offline_verifier.py"
PARTS = (
    *("der", "spelling", "cms", "trust", "tokens", "pdf_reading", "pdf_changes", "seals", "bags", "notes"),
    *("lines", "log_checks", "packages", "chains", "report"),
)
"""In the order in which they build on one another; the last one says what the whole is, and runs it."""
_FOLDER = Path(__file__).parent
_OURS = "archive.offline."


@functools.cache
def offline_verifier() -> bytes:
    """The offline verifier as one Python file: standard library and `cryptography`, nothing else."""
    imports: set[str] = set()
    bodies: list[str] = []
    whole, taken_names = "", set[str]()
    for name in PARTS:
        text = (_FOLDER / f"{name}.py").read_text(encoding="utf-8")
        tree = ast.parse(text)
        names = {one for node in tree.body for one in _names(node)}
        if doubled := names & taken_names:
            raise ValueError(f"part {name} uses names of parts before it: {', '.join(sorted(doubled))}")
        taken_names |= names
        whole = ast.get_docstring(tree, clean=True) or ""
        lines = text.splitlines()
        top = tree.body[0]
        kept = lines[: top.lineno - 1] + lines[top.end_lineno :]
        taken = (top.end_lineno or 0) - top.lineno + 1
        for node in tree.body[1:]:
            if isinstance(node, ast.Import | ast.ImportFrom):
                if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_OURS)):
                    imports.add(ast.unparse(node))
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    kept[number - 1 - taken] = ""
        heading = whole.splitlines()[0]
        bodies.append(f"# ---- {name}: {heading}\n\n\n" + "\n".join(kept).strip("\n") + "\n")
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    return f'"""{whole}\n"""\n\n{chr(10).join(ordered)}\n\n{"".join(chr(10) + body for body in bodies)}'.encode()


def _names(node: ast.stmt) -> set[str]:
    """What a statement of a part calls by name: in one file no two parts may call things alike."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
