"""Take each rule away in turn: the suite of its part must go red. Prints the table of refusal codes.

Run it with ``python -m tests.without_each_rule [part …]``; it ends with 1 when the suite stays green without some rule.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: what takes long or goes the long way round proves nothing more here
LEFT_OUT = ("test_race_http.py", "test_property.py", "test_plans.py", "test_guarantee.py", "test_stamp.py")


def codes_of(path: Path) -> list[str]:
    """The codes that a module of rules refuses with, in order."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Refusal" and call.args)
    found = [call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)]
    return list(dict.fromkeys(str(code) for code in found))


def goes_red(part: str, module: str, code: str) -> bool:
    """Whether the tests of a part fail once nothing is refused with this code."""
    left_out = [f"--ignore=tests/{part}/{name}" for name in LEFT_OUT]
    command = [sys.executable, "-m", "pytest", f"tests/{part}", "-q", "-x", "-p", "tests.without_rule", *left_out]
    environment = os.environ | {"WITHOUT_RULE": code, "WITHOUT_RULE_MODULE": module}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    return ended.returncode == 1


def main(parts: list[str]) -> int:
    """Go through the rules of these parts."""
    green = 0
    for path in (path for part in parts for path in sorted((ROOT / part).glob("rules*.py"))):
        part, module = path.parent.name, f"{path.parent.name}.{path.stem}"
        for code in codes_of(path):
            red = goes_red(part, module, code)
            green += not red
            print(f"| {module} | {code} | {'red' if red else 'STILL GREEN'} |", flush=True)
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["bookings", "pathways", "machines"]))
