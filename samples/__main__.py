"""`python -m samples OUT`: write both piles and say where they lie."""

import argparse
import sys
from pathlib import Path

from samples import make_project_pile, make_second_case_pile


def main() -> int:
    """Write the piles under the folder that was named; 0 when done."""
    parser = argparse.ArgumentParser(prog="samples", description="Draw the sample scans of both cases.")
    parser.add_argument("out", type=Path, help="folder to write into, made when absent")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other skew, seals and noise")
    options = parser.parse_args()
    for folder, make in (("1号厂房", make_project_pile), ("2号厂房", make_second_case_pile)):
        pile = make(options.out / folder, seed=options.seed)
        sys.stdout.write(f"{pile.works}\n")
        for file in pile.files:
            sys.stdout.write(f"  {file.path}  {'、'.join(document.name for document in file.documents)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
