"""Generated code for NumPy, block by block, in buffers that are used again and again.

The plain text makes a new array for each operation. These arrays do not fit into a processor's cache, and the operating
system provides the memory again for each call. Here an operation writes into a buffer that is not needed any more.
"""

from __future__ import annotations

import ast
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

BLOCK = 16384  # the numbers of each array that are computed together: some 20 buffers of them fit into a cache
LOGIC: dict[type[ast.AST], str] = {ast.BitOr: "logical_or", ast.BitAnd: "logical_and", ast.Eq: "equal"}
LOGIC |= {ast.Gt: "greater", ast.LtE: "less_equal", ast.NotEq: "not_equal"}
UFUNCS: dict[type[ast.AST], str] = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
UFUNCS |= LOGIC | {ast.USub: "negative"}


class Blocks:
    """A generated function. `source` is its text. The arguments are scalars, or arrays of the same shape."""

    def __init__(self, source: str, are_arrays: Sequence[bool]) -> None:
        function: Any = ast.parse(source).body[0]
        arguments = [argument.arg for argument in function.args.args]
        *statements, last = function.body
        results = [last.value.elts[0], *last.value.elts[1].elts]
        self._uses = Counter(node.id for node in ast.walk(function) if isinstance(node, ast.Name))
        self._uses.subtract(statement.targets[0].id for statement in statements)
        self._lines: list[str] = []
        self._buffers: list[str] = ["float·zeros"]
        self._free: dict[str, list[str]] = {"float": [], "bool": []}
        # The text and the kind of each array: "" if it must not be overwritten, else that of its buffer.
        self._arrays = {name: (name, "") for name, is_array in zip(arguments, are_arrays, strict=True) if is_array}
        targets = {node.id: f"result·{k}" for k, node in enumerate(results) if isinstance(node, ast.Name)}
        for statement in statements:
            name = statement.targets[0].id
            text, kind, is_array = self._operand(statement.value, targets.get(name, ""))
            if is_array:
                self._arrays[name] = (text, kind)
            else:
                self._lines.append(f"{name} = {text}")
        self.outputs: list[str] = [f"result·{k}" for k in range(len(results))]
        for output, node in zip(self.outputs, results, strict=True):
            text, *_ = self._operand(node)
            if text != output:
                self._lines.append(f"copyto({output}, {text})")
        parameters = ", ".join([*arguments, *self._buffers, *self.outputs])
        namespace = dict(vars(np))
        exec("\n    ".join([f"def block({parameters}):", *self._lines, "return"]), namespace)
        self._block = namespace["block"]
        self._local = threading.local()  # buffers belong to a thread

    def __call__(self, arguments: Sequence[Any], results: Any) -> None:
        """Compute the value and the gradients. Write them into `results`, a sequence of arrays of one shape."""
        count = results[0].size
        size = min(count, BLOCK)
        if getattr(self._local, "size", None) != size:
            self._local.size = size
            self._local.buffers = [np.zeros(size, name.split("·")[0]) for name in self._buffers]
        if count == size and results[0].ndim == 1:
            self._block(*arguments, *self._local.buffers, *results)
            return
        flat = [each.reshape(-1) if np.ndim(each) else each for each in (*arguments, *results)]
        for start in range(0, count, BLOCK):
            stop = min(start + BLOCK, count)
            parts = [each[start:stop] if np.ndim(each) else each for each in flat]
            buffers = [buffer[: stop - start] for buffer in self._local.buffers]
            self._block(*parts[: len(arguments)], *buffers, *parts[len(arguments) :])

    def _operand(self, node: Any, target: str = "") -> tuple[str, str, bool]:
        """Write code for an operand. Return its text, the kind of its free buffer or "", and whether it is an array."""
        if isinstance(node, ast.Name):
            self._uses[node.id] -= 1
            text, kind = self._arrays.get(node.id, (node.id, ""))
            return text, kind if self._uses[node.id] == 0 else "", node.id in self._arrays
        if isinstance(node, ast.BinOp):
            name, nodes = UFUNCS.get(type(node.op), ""), [node.left, node.right]
        elif isinstance(node, ast.Compare):
            name, nodes = UFUNCS[type(node.ops[0])], [node.left, *node.comparators]
        elif isinstance(node, ast.UnaryOp):
            name, nodes = UFUNCS[type(node.op)], [node.operand]
        elif isinstance(node, ast.Call):
            name, nodes = node.func.id, node.args  # type: ignore[attr-defined]  # a function's name
        else:
            return ast.unparse(node), "", False
        # Names come last: a buffer that is still to be read here must not be free for the other operands.
        done = {each: self._operand(each) for each in sorted(nodes, key=lambda n: isinstance(n, ast.Name))}
        operands = [done[each] for each in nodes]
        if not any(is_array for _, _, is_array in operands):
            return ast.unparse(node), "", False
        kind = "bool" if name in LOGIC.values() else "float"
        # `where` reads its last operand first, and the others later; a ufunc reads all operands of a place at once.
        free = [text for text, of_kind, _ in (operands[-1:] if name == "where" else operands) if of_kind == kind]
        output = target or (free[0] if free else self._buffer(kind))
        texts = [text for text, _, _ in operands]
        if name == "maximum" and texts[1] == "0.0":  # NumPy needs a third of the time for an array of zeros
            texts[1] = "float·zeros"
        if name == "where":
            if output != texts[2]:
                self._lines.append(f"copyto({output}, {texts[2]})")
            self._lines.append(f"copyto({output}, {texts[1]}, where={texts[0]})")
        else:
            self._lines.append(f"{name}({', '.join(texts)}, out={output})")
        for text, of_kind, _ in operands:
            if of_kind and text != output:
                self._free[of_kind].append(text)
        return output, "" if target else kind, True

    def _buffer(self, kind: str) -> str:
        """Take a free buffer of this kind, "float" or "bool", or else make a new one. Return its name."""
        if self._free[kind]:
            return self._free[kind].pop()
        self._buffers.append(f"{kind}·{len(self._buffers)}")
        return self._buffers[-1]
