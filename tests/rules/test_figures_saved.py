from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.notebook.percent import parse_percent
from offbook.rules import RuleSettings
from offbook.rules.checker import check
from offbook.rules.plots.figure_not_saved import FigureNotSavedOptions

PLOT = "# %%\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\n{}"


def test_a_strict_project_saves_every_figure() -> None:
    usual = RuleSettings(enabled={"OB304"})
    strict = replace(usual, options={"figure-not-saved": FigureNotSavedOptions(strict=True)})
    shown, saved = (analyze(parse_percent(PLOT.format(line))) for line in ("plt.show()", "plt.savefig('a.png')"))
    assert not check(shown, usual)
    [finding] = check(shown, strict)
    assert finding.message == "this figure is not saved" and finding.fix is not None
    assert finding.fix.edits[0].edits[0].text == 'plt.savefig("figure.png", bbox_inches="tight")\n'
    assert not check(saved, strict)
