"""Long graphs through `copy` and `pickle`, and so through `multiprocessing`, without recursion."""

from __future__ import annotations

import copyreg
import threading
import weakref
from collections.abc import Callable
from typing import Any


class Ancestors(list[Any]):
    """The nodes that the last of them was made from, operands first, for a pickle that is being written."""

    def __init__(self, nodes: list[Any]) -> None:
        super().__init__(nodes[:-1])
        self.known: set[Any] = set(nodes)

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (self[:],)


class AtWork(threading.local):
    """What the pickle or copy that a thread is making has of a graph; dead, as soon as it is made."""

    def __init__(self) -> None:
        self.ancestors: Callable[[], Ancestors | None] = lambda: None


at_work: AtWork = AtWork()


def copy_in_order(node_class: type, order: Callable[[Any], list[Any]]) -> None:
    """Let nodes of a class be copied after the nodes that they were made from.

    `pickle` and `copy` save what an object consists of in the order in which they are told of it, and each thing once.
    A node tells of all its ancestors first. So when it comes to a node its operands are there, and nothing goes deeper.

    Args:
        node_class: it has `operands`, and keeps all that it consists of in `__slots__`.
        order: the ancestors of a node, operands first, and the node last.
    """
    fields = [slot for slot in vars(node_class)["__slots__"] if slot != "__weakref__"]

    def parts(node: Any) -> tuple[Any, ...]:
        ancestors = at_work.ancestors()
        if ancestors is not None and ancestors.known.issuperset(node.operands):
            ancestors.known.add(node)
            first = None
        else:
            first = Ancestors(order(node))
            at_work.ancestors = weakref.ref(first)
        return made, (node_class, first, {field: getattr(node, field) for field in fields})

    copyreg.pickle(node_class, parts)


def made(node_class: type, _: object, fields: dict[str, Any]) -> Any:
    """A node of its parts."""
    node: Any = object.__new__(node_class)
    for field, content in fields.items():
        setattr(node, field, content)
    return node
