"""The cell graph: `cells.py` says what is in it, `lanes.py` where its lines run, `drawing.py` draws it."""

from offbook.app.graph.cells import CellGraph, CellNode, Group, make_graph
from offbook.app.graph.drawing import draw_graph

__all__ = ["CellGraph", "CellNode", "Group", "draw_graph", "make_graph"]
