"""Extract to a module: a pickle that names what moves is told before, and no other is."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_cases import run
from test_extract_module import ask

from offbook.notebook import apply_changes
from offbook.notebook.percent import parse_percent
from offbook.refactor import Plan

MOVING = """
# %%
class A:
    def __init__(self, x):
        self.x = x
    def double(self):
        return self.x * 2
# %%
def make(x):
    return A(x)
def double(x):
    return 2 * x
# %%
"""
WRITTEN = {
    "a class's object": 'import pickle\npickle.dump(A(1), open("p", "wb"))',
    "by another name": 'from pickle import dump as d\na = A(1)\nb = a\nd(b, open("p", "wb"))',
    "in a list": 'import pickle\nmade = [A(i) for i in range(3)]\npickle.dump(made, open("p", "wb"))',
    "appended": 'import pickle\nmade = []\nmade.append(A(1))\npickle.dump({"m": made}, open("p", "wb"))',
    "under a key": 'import pickle\nmade = {}\nmade["a"] = A(1)\npickle.dump(made, file=open("p", "wb"))',
    "through an alias": 'import pickle\nmade = []\nsame = made\nsame.append(A(1))\npickle.dump(made, open("p", "wb"))',
    "made by a function": 'import pickle\na = make(1)\npickle.dump(a, open("p", "wb"))',
    "pickled in a function": 'def save(what):\n    import pickle\n    pickle.dump(what, open("p", "wb"))\nsave(A(2))',
    "pickled two calls away": (
        'import pickle\ndef save(what):\n    pickle.dump(what, open("p", "wb"))\ndef s(it):\n    save(it)\ns(A(2))'
    ),
    "given to a function that keeps it": (
        'import pickle\nkept = []\ndef keep(where, what):\n    where.append(what)\nkeep(kept, A(1))\n'
        'pickle.dump(kept, open("p", "wb"))'
    ),
    "kept by a function": (
        'import pickle\nkept = []\ndef keep(x):\n    kept.append(A(x))\nkeep(2)\npickle.dump(kept, open("p", "wb"))'
    ),
    "an attribute": (
        'import pickle, types\nbox = types.SimpleNamespace()\nbox.a = A(1)\npickle.dump(box, open("p", "wb"))'
    ),
    "the class itself": 'import pickle\npickle.dump(A, open("p", "wb"))',
    "a function": 'import pickle\npickle.dump(double, open("p", "wb"))',
    "a partial function": 'import functools, pickle\npickle.dump(functools.partial(double, 1), open("p", "wb"))',
    "a bound method": 'import pickle\npickle.dump(A(1).double, open("p", "wb"))',
    "bytes": 'import pickle\nsize = open("p", "wb").write(pickle.dumps([A(1)]))',
    "a pickler": 'import pickle\nwriter = pickle.Pickler(open("p", "wb"))\nwriter.dump(A(1))',
    "a pickler without a name": 'import pickle\npickle.Pickler(open("p", "wb")).dump(A(1))',
    "a shelf": 'import shelve\nwith shelve.open("p") as shelf:\n    shelf["a"] = A(1)',
    "joblib": 'import joblib\njoblib.dump([A(1)], "p")',
    "a guarded import": (
        'try:\n    import no_pickle as p\nexcept ImportError:\n    import pickle as p\np.dump(A(1), open("p", "wb"))'
    ),
    "a local variable": (
        'import pickle\ndef save():\n    made = []\n    made.append(A(2))\n    '
        'pickle.dump(made, open("p", "wb"))\nsave()'
    ),
    "itself": (
        'import pickle\nclass B(A):\n    def save(self):\n        me = self\n        '
        'pickle.dump(me, open("p", "wb"))\nB(A(1)).save()'
    ),
    "a frame": 'import pandas as pd\npd.DataFrame({"a": [A(1)]}).to_pickle("p")',
    "a series": 'import pandas as pd\ns = pd.Series([1, 2])\ns = s.map(A)\npd.to_pickle(s, "p")',
}  # fmt: skip
PLAIN = {
    "numbers": 'import pickle\na = A(1)\npickle.dump([1, 2], open("p", "wb"))\nprint(a.x)',
    "a text of it": 'import pickle\na = A(1)\npickle.dump(str(a.x), open("p", "wb"))',
    "a number of them": 'import pickle\na = [A(1)]\npickle.dump(len(a), open("p", "wb"))',
    "a column that a function computes": (
        'import pandas as pd\ndf = pd.DataFrame({"a": [1, 2]})\ndf["b"] = df.a.apply(double)\ndf.to_pickle("p")'
    ),
    "what a function computes": 'import pickle\npickle.dump(double(2), open("p", "wb"))',
    "what a method computes": (
        "import pickle\nclass B(A):\n    def save(self):\n        n = 2\n        "
        'pickle.dump(n, open("p", "wb"))\nB(A(1)).save()'
    ),
    "processes": 'import multiprocessing\na = A(1)\nopen("p", "wb").close()',
    "pickles that are read": 'import pickle\nopen("p", "wb").write(b"N.")\npickle.load(open("p", "rb"))\na = A(1)',
    "another object of that name": (
        'import pickle\ndef f(a):\n    return a.double()\nprint(f(A(1)))\na = [1]\npickle.dump(a, open("p", "wb"))'
    ),
}


def warned(root: Path, cell: str) -> tuple[list[str], bool]:
    """Return what the plan says of pickles, and whether the file that a run writes afterwards names the module."""
    notebook = parse_percent(MOVING + cell, root / "notebook.ipynb")
    plan = ask(notebook, root, {"to": "helpers.py", "names": ("A", "make", "double")})
    assert isinstance(plan, Plan), plan
    before = run(notebook, root)
    assert "Error" not in before
    assert not any(b"helpers" in file.read_bytes() for file in root.glob("p*"))
    for file in root.glob("p*"):
        file.unlink()
    for written in plan.files:
        written.path.write_text(written.after, encoding="utf-8")
    assert run(apply_changes(notebook, plan.notebooks[0].changes), root) == before
    said = [warning for warning in plan.warnings if "pickle" in warning]
    return said, any(b"helpers" in file.read_bytes() for file in root.glob("p*"))


@pytest.mark.parametrize("name", WRITTEN)
def test_a_pickle_that_names_the_module_is_told(name: str, tmp_path: Path) -> None:
    said, named = warned(tmp_path, WRITTEN[name])
    assert named
    (text,) = said
    assert text.startswith("Cell 3 may pickle `")
    assert text.endswith("new pickles will name `helpers` instead of `__main__`; old ones still load in this notebook.")


@pytest.mark.parametrize("name", PLAIN)
def test_no_other_pickle_is(name: str, tmp_path: Path) -> None:
    assert warned(tmp_path, PLAIN[name]) == ([], False)


def test_weights_alone_hold_no_class(tmp_path: Path) -> None:
    notebook = parse_percent(
        "# %%\nimport torch\nclass Net(torch.nn.Module):\n    pass\n"
        '# %%\nnet = Net()\ntorch.save({"net": net.state_dict(), "epoch": 1}, "w")\n# %%\ntorch.save(net, "n")\n',
        tmp_path / "notebook.ipynb",
    )
    plan = ask(notebook, tmp_path, {"to": "helpers.py", "names": ("Net",)})
    assert isinstance(plan, Plan), plan
    (text,) = plan.warnings
    assert text.startswith("Cell 3 may pickle `Net` (`torch.save`): ")
