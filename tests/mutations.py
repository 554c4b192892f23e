"""A module without one of its refusals: what the proof of the rules is made of."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tests.refusal_table import code_of

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Round:
    """One refusal taken away: where it stood, and the source of the module with and without it."""

    module: str
    line: int
    code: str
    whole: str
    source: str

    def apply(self) -> None:
        """Take it away in this process, from everybody who already holds a function of the module.

        Raises AssertionError unless one function lost something: the proof would prove nothing.
        """
        module = importlib.import_module(self.module.removesuffix(".py").replace("/", "."))
        whole, without = (
            {code.co_qualname: code for code in _codes(compile(source, self.module, "exec"))}
            for source in (self.whole, self.source)
        )
        changed = 0
        for function in _functions(module):
            name = function.__qualname__
            if name in without and not _does_the_same(without[name], whole[name]):
                # Without its refusal a method may not need «__class__» any more, which its function brings along.
                function.__code__ = without[name].replace(co_freevars=function.__code__.co_freevars)
                changed += 1
        assert changed == 1, f"{changed} functions changed"


def rounds(module: str) -> Iterator[Round]:
    """Each refusal of a module, taken away alone."""
    return rounds_of((ROOT / module).read_text(encoding="utf-8"), module)


def rounds_of(text: str, module: str) -> Iterator[Round]:
    """Each refusal of a source, taken away alone."""
    sites = [(node.lineno, code) for node in ast.walk(ast.parse(text)) if (code := code_of(node))]  # type: ignore[attr-defined]  # calls
    for line, code in sorted(sites):
        without = ast.fix_missing_locations(_Without(line, code).visit(ast.parse(text)))
        yield Round(module, line, code, ast.unparse(ast.parse(text)), ast.unparse(without))


class _Without(ast.NodeTransformer):
    """Replaces the statement that makes one refusal by one that makes none."""

    def __init__(self, line: int, code: str) -> None:
        self.line, self.code = line, code
        self._returns_none = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Remember what the function gives back."""
        outer, self._returns_none = self._returns_none, node.returns is not None and "None" in ast.unparse(node.returns)
        visited = self.generic_visit(node)
        self._returns_none = outer
        return visited

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """The innermost simple statement around the refusal."""
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and self._makes_it(node):
            nothing = "return None" if self._returns_none else "return []"
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
                # It stays a generator, that has nothing to say here.
                return ast.copy_location(ast.parse("yield from ()").body[0], node)
            if isinstance(node, ast.Return | ast.Assign):
                # «refusal = …» then used: the function says nothing from here on.
                function = ast.parse(f"def f():\n {nothing}").body[0]
                assert isinstance(function, ast.FunctionDef)
                return ast.copy_location(function.body[0], node)
            return ast.copy_location(ast.Pass(), node)
        return super().generic_visit(node)

    def _makes_it(self, node: ast.AST) -> bool:
        return any(code_of(call) == self.code and call.lineno == self.line for call in ast.walk(node))  # type: ignore[attr-defined]  # calls


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of every function inside, those of classes too."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _codes(inner)


def _does_the_same(one: object, other: object) -> bool:
    """Whether two pieces of code say the same, wherever their lines are."""
    if not (isinstance(one, CodeType) and isinstance(other, CodeType)):
        return one == other
    same = (one.co_code, one.co_names, len(one.co_consts)) == (other.co_code, other.co_names, len(other.co_consts))
    return same and all(map(_does_the_same, one.co_consts, other.co_consts))


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The functions that a module defines, as they are under their decorators; the methods of its classes too."""
    for value in vars(module).values():
        if inspect.isclass(value) and value.__module__ == module.__name__:
            for one in vars(value).values():
                yield from _own(getattr(one, "__func__", one), module)
        elif callable(value):
            yield from _own(value, module)


def _own(value: object, module: ModuleType) -> Iterator[FunctionType]:
    function = inspect.unwrap(value) if callable(value) else value
    if not isinstance(function, FunctionType) or function.__name__ == "<lambda>":  # several have that one name
        return
    if function.__code__.co_filename == module.__file__:
        yield function
