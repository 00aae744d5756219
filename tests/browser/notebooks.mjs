/** Notebooks and modules that the tests write, and a comparison of what is in them. */

/** Return a notebook of code cells that were not run. */
export function notebook(...sources) {
  return written(sources.map(source => ({ source, outputs: [], execution_count: null })));
}

function written(cells) {
  return JSON.stringify({
    cells: cells.map((cell, index) => ({ cell_type: 'code', id: `cell-${index}`, metadata: {}, ...cell })),
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

const PREPARE = [
  'def prepare(rows, low, high):',
  '    kept = [row for row in rows if row is not None]',
  '    kept.sort(key=lambda row: row["day"])',
  '    first, last = kept[0], kept[-1]',
  '    span = last["day"] - first["day"]',
  '    total = sum(row["cups"] for row in kept)',
  '    assert low <= total <= high, total',
  '    return {"span": span, "mean": total / len(kept)}',
].join('\n');

/** What refactorings, renaming and fixes of many findings are tried on. */
export const FILES = {
  'circles.py': 'def area(r):\n    return 3.14 * r * r\n',
  'report.ipynb': notebook(
    'from circles import area',
    'radius = 2',
    'whole = area(radius)\nprint(whole)',
    'half = whole / 2',
  ),
  'closed.ipynb': notebook('from circles import area\narea(5)'),
  'rebound.ipynb': notebook('rate = 2', 'def double(x):\n    return x * rate', 'rate = 3\ndouble(2)'),
  'lines.ipynb': notebook(
    'X = [1, 2, 3]\nw = 2\ny = [2, 5, 6]',
    'def predict(X, w):\n    return [w * x for x in X]\n\ndef loss(X, w, y):\n    return sum((p - t) ** 2 for p, t in zip(predict(X, w), y))',
    'print(predict(X, w), loss(X, w, y))',
  ),
  'shops.ipynb': notebook('rows = [{"day": 1, "cups": 4}, None]', PREPARE, 'print(prepare(rows, 1, 9))'),
  'weeks.ipynb': notebook('week = {"day": 3, "cups": 20}', PREPARE, 'print(prepare([week], 10, 90)["mean"])'),
  'plots.ipynb': notebook(
    'import matplotlib.pyplot as plt',
    'plt.plot([1, 2])\nplt.show()',
    "plt.bar(['a', 'b'], [1, 2])\nplt.show()",
    'plt.hist([1, 2, 2])\nplt.show()',
  ),
};

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const TABLE =
  '<table border="1" class="dataframe"><thead><tr><th></th><th>cups</th></tr></thead>' +
  '<tbody><tr><th>0</th><td>1</td></tr><tr><th>1</th><td>2</td></tr></tbody></table>';

/** A notebook whose cells show something else by now: a text, a table, a picture. */
export function drifted() {
  const display = data => [{ output_type: 'display_data', metadata: {}, data }];
  const cells = [
    ['print("cups:", 3)\nprint("shops:", 2)', [{ output_type: 'stream', name: 'stdout', text: 'cups: 2\nshops: 2\n' }]],
    [
      'import pandas as pd\ndisplay(pd.DataFrame({"cups": [1, 3]}))',
      display({ 'text/plain': '   cups\n0     1\n1     2', 'text/html': TABLE }),
    ],
    [
      'import matplotlib.pyplot as plt\nplt.bar(["a", "b"], [1, 2])\nplt.show()',
      display({ 'text/plain': '<Figure size 640x480 with 1 Axes>', 'image/png': PIXEL }),
    ],
  ];
  return written(cells.map(([source, outputs], index) => ({ source, outputs, execution_count: index + 1 })));
}

/** Tell whether two lists hold the same. */
export function same(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
}
