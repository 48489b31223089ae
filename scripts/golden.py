"""Write tests/golden/ from the cases in examples/records/; a test fails when it is stale. Look at the diff by eye.

Usage: python scripts/golden.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> None:
    """Write everything into a folder, or where the tests look for it."""
    sys.path.insert(0, str(ROOT))
    from tests.cases import GOLDEN, write_golden

    write_golden(Path(arguments[0]) if arguments else GOLDEN)


if __name__ == "__main__":
    main(sys.argv[1:])
