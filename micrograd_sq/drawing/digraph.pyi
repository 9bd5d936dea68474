"""What of graphviz's Digraph is used here or by who has a picture."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager

class Digraph:
    """A directed graph in the DOT language, as graphviz has it."""

    body: list[str]
    engine: str
    filename: str
    directory: str | os.PathLike[str]
    format: str

    def __init__(
        self,
        name: str | None = None,
        comment: str | None = None,
        *,
        format: str | None = None,
        engine: str | None = None,
        graph_attr: Mapping[str, str] | None = None,
        node_attr: Mapping[str, str] | None = None,
        edge_attr: Mapping[str, str] | None = None,
        body: list[str] | None = None,
    ) -> None: ...
    @property
    def source(self) -> str: ...
    def node(self, name: str, label: str | None = None, **attributes: str) -> None: ...
    def edge(self, tail_name: str, head_name: str, label: str | None = None, **attributes: str) -> None: ...
    def attr(self, kw: str | None = None, **attributes: str) -> None: ...
    def subgraph(self, *, name: str | None = None) -> AbstractContextManager[Digraph]: ...
    def _repr_mimebundle_(self) -> dict[str, str]: ...
