"""Which lines and branches of rules and actions the tests reach (docs/decisions/0015-two-engines.md).

``-p tests.reached`` rewrites those modules as they are imported: a probe takes itself away once it was reached, where
the usual tracer slows every line of the whole process. Each process leaves its share in the folder REACHED.
"""

import json
import os
from importlib import import_module
from pathlib import Path

from slipcover import FileMatcher, ImportManager, Slipcover

HOUSE = Path(__file__).parent.parent
RULES = sorted(
    path
    for name in ("rules*.py", "actions*.py", "upkeep*.py", "progress.py")
    for path in HOUSE.rglob(name)
    if path.relative_to(HOUSE).parts[0] in {"fablab", "bookings", "pathways", "machines", "rooms", "reports"}
)
FOUND = Slipcover(branch=True)
ImportManager(FOUND, FileMatcher(sources=RULES)).__enter__()


def pytest_sessionfinish() -> None:
    """Count what nobody imported as missed too, then leave this process's share."""
    for path in RULES:
        import_module(".".join(path.relative_to(HOUSE).with_suffix("").parts))
    name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    (Path(os.environ["REACHED"]) / f"{name}.json").write_text(json.dumps(FOUND.get_coverage()))
