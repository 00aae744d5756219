import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offbook.notebook import NotebookFile
from offbook.notebook.filemap import FileMap
from offbook.text import Lines, Position, Span

PATH = Path("a.ipynb")
PIECE = st.text(alphabet='ab\n"\\/😀é\u2028\t', max_size=8)


@st.composite
def texts(draw: st.DrawFn) -> str:
    sources = draw(st.lists(PIECE | st.lists(PIECE, max_size=4), min_size=1, max_size=4))
    cells = [{"metadata": {}, "source": source, "cell_type": "raw"} for source in sources]
    notebook = {"metadata": {"source": ["x"]}, "cells": cells, "nbformat": 4, "nbformat_minor": 2}
    text = json.dumps(notebook, indent=draw(st.sampled_from([None, 0, 1])), ensure_ascii=draw(st.booleans()))
    return draw(st.sampled_from(["", "\ufeff"])) + text


@given(texts(), st.data())
def test_every_stretch_of_a_source_is_found_in_the_file(text: str, data: st.DataObject) -> None:
    file = NotebookFile.parse(text.encode(), PATH)
    places, lines = FileMap(file), Lines(text)
    for number, cell in enumerate(file.notebook.cells):
        source = Lines(cell.source)
        for offset, character in enumerate(cell.source):
            span = places.span(number, Span(source.position(offset), source.position(offset + 1)))
            assert json.loads(f'"{lines.slice(span)}"') == character
        first = data.draw(st.integers(0, len(cell.source)))
        last = data.draw(st.integers(first, len(cell.source)))
        span = places.span(number, Span(source.position(first), source.position(last)))
        assert span.start <= span.end
        assert places.span(number, Span.on_line(0)).start <= lines.end


def test_a_line_of_a_cell_is_a_line_of_the_file() -> None:
    cells = ' "cells": [\n  {"cell_type": "code", "source": [\n    "x = 1\\n",\n    "y = \\"é\\"; z"\n  ]}],\n'
    text = f'{{\n{cells} "nbformat": 4}}'
    span = FileMap(NotebookFile.parse(text.encode(), PATH)).span(0, Span.of(1, 4, 1, 7))
    assert span == Span.of(4, 9, 4, 14)
    assert Lines(text).slice(span) == '\\"é\\"'


@pytest.mark.parametrize(
    "cell", ['{"cell_type": "code"}', '{"source": [], "cell_type": "code"}', '{"cell_type":"raw","source":null}']
)
def test_without_a_source_the_cell_is_named(cell: str) -> None:
    text = f'{{"nbformat": 4,\n"cells": [\n{cell}]}}'
    place = FileMap(NotebookFile.parse(text.encode(), PATH)).span(0, Span.of(3, 1, 4, 2))
    assert place == Span(Position(2, 0), Position(2, 0))


def test_the_old_format_is_named_by_its_start() -> None:
    cell = {"cell_type": "code", "input": "x", "language": "python", "outputs": [], "collapsed": False}
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}, indent=1)
    assert FileMap(NotebookFile.parse(text.encode(), PATH)).span(0, Span.of(0, 0, 0, 1)) == Span.on_line(0)
