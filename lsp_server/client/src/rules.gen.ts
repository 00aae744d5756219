// Generated from lsp_server/offbook/rules by `python -m offbook.devtools.generate`. Do not edit.

/** A rule of the language server. */
export interface RuleInfo {
  readonly code: string;
  readonly name: string;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly summary: string;
  readonly url: string;
}

/** Every rule, by code. */
export const RULES: readonly RuleInfo[] = [
  {
    "code": "OB002",
    "name": "unused-suppression",
    "severity": "information",
    "summary": "A comment or tag switches off a rule that finds nothing there.",
    "url": "https://offbook.readthedocs.io/rules/OB002"
  },
  {
    "code": "OB100",
    "name": "syntax-error",
    "severity": "error",
    "summary": "A cell is not valid Python.",
    "url": "https://offbook.readthedocs.io/rules/OB100"
  },
  {
    "code": "OB101",
    "name": "use-before-definition",
    "severity": "error",
    "summary": "A cell reads a name that only a later cell binds.",
    "url": "https://offbook.readthedocs.io/rules/OB101"
  },
  {
    "code": "OB102",
    "name": "undefined-name",
    "severity": "error",
    "summary": "A name is read that no cell binds.",
    "url": "https://offbook.readthedocs.io/rules/OB102"
  },
  {
    "code": "OB103",
    "name": "out-of-order-execution",
    "severity": "warning",
    "summary": "The cells were not run from top to bottom.",
    "url": "https://offbook.readthedocs.io/rules/OB103"
  },
  {
    "code": "OB104",
    "name": "not-a-fresh-run",
    "severity": "information",
    "summary": "The cells were not run in one go, from top to bottom, in a fresh kernel.",
    "url": "https://offbook.readthedocs.io/rules/OB104"
  },
  {
    "code": "OB105",
    "name": "stale-output",
    "severity": "warning",
    "summary": "The output of a cell is older than the code, or than a value that it shows.",
    "url": "https://offbook.readthedocs.io/rules/OB105"
  },
  {
    "code": "OB106",
    "name": "redefined-function",
    "severity": "warning",
    "summary": "A function or class gets another body further down, and cells in between use it.",
    "url": "https://offbook.readthedocs.io/rules/OB106"
  },
  {
    "code": "OB107",
    "name": "non-idempotent-cell",
    "severity": "warning",
    "summary": "Running the cell twice gives another result than running it once.",
    "url": "https://offbook.readthedocs.io/rules/OB107"
  },
  {
    "code": "OB108",
    "name": "stored-error",
    "severity": "warning",
    "summary": "The stored output of a cell is an error.",
    "url": "https://offbook.readthedocs.io/rules/OB108"
  },
  {
    "code": "OB109",
    "name": "deleted-then-used",
    "severity": "information",
    "summary": "A name is read after `del` has removed it.",
    "url": "https://offbook.readthedocs.io/rules/OB109"
  },
  {
    "code": "OB201",
    "name": "long-output",
    "severity": "warning",
    "summary": "A very long output is stored with a cell.",
    "url": "https://offbook.readthedocs.io/rules/OB201"
  },
  {
    "code": "OB202",
    "name": "exploratory-cell",
    "severity": "hint",
    "summary": "A cell only looks at the data.",
    "url": "https://offbook.readthedocs.io/rules/OB202"
  },
  {
    "code": "OB203",
    "name": "repeated-describe",
    "severity": "warning",
    "summary": "The same frame is described more than once.",
    "url": "https://offbook.readthedocs.io/rules/OB203"
  },
  {
    "code": "OB204",
    "name": "heavy-output",
    "severity": "warning",
    "summary": "The stored outputs of one cell are very large.",
    "url": "https://offbook.readthedocs.io/rules/OB204"
  },
  {
    "code": "OB205",
    "name": "noisy-output",
    "severity": "information",
    "summary": "A stored output is noise: progress bars, warnings, an installer's messages.",
    "url": "https://offbook.readthedocs.io/rules/OB205"
  },
  {
    "code": "OB301",
    "name": "unlabelled-axes",
    "severity": "warning",
    "summary": "A figure has no labels on its axes.",
    "url": "https://offbook.readthedocs.io/rules/OB301"
  },
  {
    "code": "OB302",
    "name": "missing-title",
    "severity": "warning",
    "summary": "A finished figure has no title.",
    "url": "https://offbook.readthedocs.io/rules/OB302"
  },
  {
    "code": "OB303",
    "name": "missing-legend",
    "severity": "warning",
    "summary": "Several series carry labels, and no legend shows them.",
    "url": "https://offbook.readthedocs.io/rules/OB303"
  },
  {
    "code": "OB304",
    "name": "figure-not-saved",
    "severity": "information",
    "summary": "A figure that is a result is shown, and not saved.",
    "url": "https://offbook.readthedocs.io/rules/OB304"
  },
  {
    "code": "OB305",
    "name": "model-not-saved",
    "severity": "warning",
    "summary": "A model is fitted, evaluated and never saved.",
    "url": "https://offbook.readthedocs.io/rules/OB305"
  },
  {
    "code": "OB306",
    "name": "result-not-saved",
    "severity": "information",
    "summary": "A table that is the result of the notebook is displayed at its end, and not saved.",
    "url": "https://offbook.readthedocs.io/rules/OB306"
  },
  {
    "code": "OB401",
    "name": "hard-coded-parameter",
    "severity": "information",
    "summary": "What one will want to change is written into the code.",
    "url": "https://offbook.readthedocs.io/rules/OB401"
  },
  {
    "code": "OB402",
    "name": "machine-path",
    "severity": "warning",
    "summary": "A path exists on one machine only.",
    "url": "https://offbook.readthedocs.io/rules/OB402"
  },
  {
    "code": "OB403",
    "name": "duplicated-code",
    "severity": "warning",
    "summary": "The same statements stand in the notebook more than once.",
    "url": "https://offbook.readthedocs.io/rules/OB403"
  },
  {
    "code": "OB404",
    "name": "duplicated-across-notebooks",
    "severity": "warning",
    "summary": "The same statements stand in another notebook or module of the workspace.",
    "url": "https://offbook.readthedocs.io/rules/OB404"
  },
  {
    "code": "OB405",
    "name": "hidden-global",
    "severity": "warning",
    "summary": "A function uses a variable of the notebook whose value changes.",
    "url": "https://offbook.readthedocs.io/rules/OB405"
  },
  {
    "code": "OB406",
    "name": "cell-could-be-function",
    "severity": "information",
    "summary": "A long cell takes little and gives little: it is a function without a name.",
    "url": "https://offbook.readthedocs.io/rules/OB406"
  },
  {
    "code": "OB407",
    "name": "function-belongs-in-module",
    "severity": "hint",
    "summary": "A function or class needs nothing of the notebook, and could stand in a module.",
    "url": "https://offbook.readthedocs.io/rules/OB407"
  },
  {
    "code": "OB408",
    "name": "untested-function",
    "severity": "information",
    "summary": "A notebook uses a function of the workspace that no test calls.",
    "url": "https://offbook.readthedocs.io/rules/OB408"
  },
  {
    "code": "OB409",
    "name": "notebook-only-code",
    "severity": "information",
    "summary": "Code that only a notebook understands keeps this from being a script.",
    "url": "https://offbook.readthedocs.io/rules/OB409"
  },
  {
    "code": "OB410",
    "name": "import-below-top",
    "severity": "information",
    "summary": "An import stands so far down that it gets in the way.",
    "url": "https://offbook.readthedocs.io/rules/OB410"
  },
  {
    "code": "OB411",
    "name": "star-import",
    "severity": "information",
    "summary": "Names can only come from a star import.",
    "url": "https://offbook.readthedocs.io/rules/OB411"
  },
  {
    "code": "OB412",
    "name": "notebook-as-module",
    "severity": "information",
    "summary": "A notebook is used as a module.",
    "url": "https://offbook.readthedocs.io/rules/OB412"
  },
  {
    "code": "OB501",
    "name": "preprocessing-leakage",
    "severity": "error",
    "summary": "A transformer is fitted on data that the test set is part of.",
    "url": "https://offbook.readthedocs.io/rules/OB501"
  },
  {
    "code": "OB502",
    "name": "overlap-leakage",
    "severity": "error",
    "summary": "The same rows are trained on and tested on.",
    "url": "https://offbook.readthedocs.io/rules/OB502"
  },
  {
    "code": "OB503",
    "name": "repeated-test-evaluation",
    "severity": "warning",
    "summary": "Several models are judged on the same test set.",
    "url": "https://offbook.readthedocs.io/rules/OB503"
  },
  {
    "code": "OB504",
    "name": "manual-preprocessing",
    "severity": "information",
    "summary": "A transformer is fitted and applied by hand, where a pipeline says it once.",
    "url": "https://offbook.readthedocs.io/rules/OB504"
  },
  {
    "code": "OB505",
    "name": "unseeded-randomness",
    "severity": "warning",
    "summary": "A split, a model or a sample is drawn at random without a seed.",
    "url": "https://offbook.readthedocs.io/rules/OB505"
  },
  {
    "code": "OB506",
    "name": "fit-on-test",
    "severity": "warning",
    "summary": "A transformer is fitted on the test set.",
    "url": "https://offbook.readthedocs.io/rules/OB506"
  },
  {
    "code": "OB601",
    "name": "undeclared-dependency",
    "severity": "warning",
    "summary": "A package is imported, and the project does not declare it.",
    "url": "https://offbook.readthedocs.io/rules/OB601"
  },
  {
    "code": "OB602",
    "name": "secret-in-source",
    "severity": "error",
    "summary": "A password, key or token is written in the code.",
    "url": "https://offbook.readthedocs.io/rules/OB602"
  },
  {
    "code": "OB603",
    "name": "secret-in-output",
    "severity": "error",
    "summary": "A stored output shows a password, key or token.",
    "url": "https://offbook.readthedocs.io/rules/OB603"
  },
  {
    "code": "OB604",
    "name": "cloud-resource-left-running",
    "severity": "warning",
    "summary": "An endpoint or cluster in a cloud is created, and never deleted.",
    "url": "https://offbook.readthedocs.io/rules/OB604"
  },
  {
    "code": "OB605",
    "name": "unnamed-notebook",
    "severity": "information",
    "summary": "The notebook says nowhere what it is about.",
    "url": "https://offbook.readthedocs.io/rules/OB605"
  },
  {
    "code": "OB606",
    "name": "missing-file",
    "severity": "warning",
    "summary": "A cell reads a file that is not there.",
    "url": "https://offbook.readthedocs.io/rules/OB606"
  }
];
