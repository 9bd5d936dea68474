"""Long graphs through `copy` and `pickle`, and so through `multiprocessing`, without recursion."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any


class CopiedInOrder:
    """A node that was made from others, which `pickle` and `copy` save before it.

    They save what an object consists of in the order in which they are told of it, and each thing once. A node tells
    of what it was made from, first the oldest. So when it comes to a node its operands are there, and nothing goes
    deeper. A class of such nodes has `operands`, and keeps all that it consists of in `__slots__`.
    """

    __slots__ = ()
    operands: Any

    def __reduce__(self) -> tuple[Any, ...]:
        saved = at_work.saved()
        if saved is None or self in saved:  # nobody asks twice for one copy: another has begun
            saved = Saved()
            at_work.saved = weakref.ref(saved)
        before = [each for each in _unsaved(self, saved) if each is not self]
        saved.add(self)
        fields = {slot: getattr(self, slot) for slot in _slots(type(self)) if hasattr(self, slot)}
        fields.update(getattr(self, "__dict__", {}))  # which a class made from it may have
        return _made, (type(self), (saved, *before), fields)


def _slots(node_class: type) -> list[str]:
    """The names in the `__slots__` of a class, and of those that it is made from."""
    slots: list[str] = []
    for each in node_class.__mro__:
        own = vars(each).get("__slots__", ())
        slots += [own] if isinstance(own, str) else own
    return [slot for slot in slots if slot not in ("__weakref__", "__dict__")]


class Saved(set[Any]):
    """The nodes that the copy at work has; it lives as long as what writes or makes the copy remembers it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, ()


class AtWork(threading.local):
    """The copy that a thread is making."""

    def __init__(self) -> None:
        self.saved: Callable[[], Saved | None] = lambda: None


at_work: AtWork = AtWork()


def _unsaved(node: CopiedInOrder, saved: Saved) -> list[CopiedInOrder]:
    """A node and what it was made from, operands first, without what is saved."""
    order: dict[CopiedInOrder, None] = {}
    path = [node]
    while path:
        waiting = [each for each in path[-1].operands if each not in order and each not in saved]
        if waiting:
            path.append(waiting[0])
        else:
            order[path.pop()] = None
    return list(order)


def _made(node_class: type, _: object, fields: dict[str, Any]) -> Any:
    node: Any = object.__new__(node_class)
    for field, content in fields.items():
        setattr(node, field, content)
    return node
