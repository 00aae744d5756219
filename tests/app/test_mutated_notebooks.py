"""Whatever a notebook file holds, checking it is a message or findings, never a crash."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offbook.app.checking import check_parsed
from offbook.notebook import NotebookError, NotebookFile
from offbook.rules import RuleSettings
from offbook.rules.checker import INTERNAL_CODE

EXAMPLES = Path(__file__).parents[2] / "examples"
DOCUMENTS = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.ipynb"))]
NUMBERS = [None, True, -1, 2**70, 1.5]
TEXTS = ["", "x", "é😀\u2028", "\x00", "%%bash\n!", "(", "\ud83d"]
TREES: list[Any] = [[], {}, [None], [1, "a"], {"a": []}]
ODD = st.sampled_from([*NUMBERS, *TEXTS, *TREES])


def paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value of a document."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value[:6]))
    return [above, *(path for key, item in inner for path in paths(item, (*above, key)))]


WAYS = [[path for path in paths(document) if path] for document in DOCUMENTS]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_notebook_with_odd_values_is_read_or_refused(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(DOCUMENTS) - 1))
    document = copy.deepcopy(DOCUMENTS[number])
    for path in data.draw(st.lists(st.sampled_from(WAYS[number]), min_size=1, max_size=3)):
        place = document
        try:
            for key in path[:-1]:
                place = place[key]
            if data.draw(st.booleans()):
                place[path[-1]] = copy.deepcopy(data.draw(ODD))  # later mutations go into it
            else:
                del place[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    text = json.dumps(document)
    try:
        file = NotebookFile.parse(text.encode("utf-8", "surrogatepass"), Path("a.ipynb"))
    except NotebookError as error:
        assert str(error)
        return
    found = check_parsed(Path("a.ipynb"), file, RuleSettings())
    assert not [item for item in found.diagnostics if item.code == INTERNAL_CODE]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(DOCUMENTS) - 1), st.integers(0, 10**6))
def test_a_truncated_notebook_is_refused_with_a_reason(number: int, length: int) -> None:
    text = json.dumps(DOCUMENTS[number])
    data = text.encode()[: length % len(text)]
    try:
        NotebookFile.parse(data, Path("a.ipynb"))
    except NotebookError as error:
        assert str(error)
    else:
        raise AssertionError("half a notebook was read")
