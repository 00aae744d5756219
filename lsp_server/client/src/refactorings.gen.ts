// Generated from lsp_server/offbook/refactor by `python -m offbook.devtools.generate`. Do not edit.

/** An option of a refactoring; `ask` is what to ask the user for, empty where nothing is asked. */
export interface OptionInfo {
  readonly name: string;
  readonly kind: 'flag' | 'text' | 'whole-number' | 'number' | 'words' | 'cell' | 'cells' | 'lines' | 'path' | 'choice';
  readonly help: string;
  readonly required: boolean;
  readonly default: unknown;
  readonly group: string;
  readonly ask: string;
  readonly choices: readonly string[];
}

/** A refactoring of the language server. */
export interface RefactoringInfo {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly summary: string;
  readonly options: readonly OptionInfo[];
}

/** Every refactoring, by id. */
export const REFACTORINGS: readonly RefactoringInfo[] = [
  {
    "id": "add.dependency",
    "title": "Declare the packages",
    "kind": "refactor.rewrite.dependency",
    "summary": "Declare packages that the notebook imports in the project's requirements, `pyproject.toml` or `environment.yml`.",
    "options": [
      {"name": "requirements", "kind": "words", "help": "Names of packages, with their versions (`pandas==2.2.3`) or without.", "required": true, "default": null, "group": "", "ask": "Packages", "choices": []},
      {"name": "to", "kind": "path", "help": "The file that declares them: `requirements.txt`, `pyproject.toml` or `environment.yml`.", "required": true, "default": null, "group": "", "ask": "File that declares them", "choices": []},
    ],
  },
  {
    "id": "add.parameter",
    "title": "Add parameter",
    "kind": "refactor.rewrite.parameter",
    "summary": "Make variables of the notebook parameters of a function that reads them; every call passes them by name.",
    "options": [
      {"name": "function", "kind": "text", "help": "The function.", "required": true, "default": null, "group": "", "ask": "Function", "choices": []},
      {"name": "variables", "kind": "words", "help": "The variables of the notebook that it takes from now on.", "required": true, "default": null, "group": "", "ask": "Variables that become parameters", "choices": []},
    ],
  },
  {
    "id": "clean",
    "title": "Clean the notebook",
    "kind": "refactor.rewrite.clean",
    "summary": "Remove cells that only look at data, and trim long stored outputs.",
    "options": [
      {"name": "cells", "kind": "cells", "help": "Clean these cells alone.", "required": false, "default": [], "group": "", "ask": "", "choices": []},
      {"name": "max_lines", "kind": "whole-number", "help": "Lines of text or rows of a table that a stored output may have; longer ones are trimmed.", "required": false, "default": 100, "group": "", "ask": "", "choices": []},
    ],
  },
  {
    "id": "dedupe",
    "title": "Make one function of copies",
    "kind": "refactor.rewrite.dedupe",
    "summary": "Make one function of statements that stand in the notebook more than once.",
    "options": [
      {"name": "to", "kind": "path", "help": "The module that takes the function; without it, a new cell above the first copy.", "required": false, "default": "", "group": "", "ask": "", "choices": []},
      {"name": "name", "kind": "text", "help": "The function's name.", "required": false, "default": "", "group": "", "ask": "Name of the function", "choices": []},
      {"name": "cells", "kind": "cells", "help": "Only copies that touch these cells.", "required": false, "default": [], "group": "", "ask": "", "choices": []},
      {"name": "across", "kind": "flag", "help": "Look at the other notebooks of the workspace: what they hold too goes to a module, which all import; by default `utils.py` beside the notebook.", "required": false, "default": false, "group": "", "ask": "Other notebooks of the workspace, too", "choices": []},
    ],
  },
  {
    "id": "extract.class",
    "title": "Extract to class",
    "kind": "refactor.extract.class",
    "summary": "Make a class of functions that share their first parameters, or variables of the notebook.",
    "options": [
      {"name": "functions", "kind": "words", "help": "Functions that become methods.", "required": false, "default": [], "group": "what becomes a class", "ask": "Functions", "choices": []},
      {"name": "cells", "kind": "cells", "help": "Functions that these cells define become methods.", "required": false, "default": [], "group": "what becomes a class", "ask": "", "choices": []},
      {"name": "name", "kind": "text", "help": "The class's name; by default the first words of the text above.", "required": false, "default": "", "group": "", "ask": "Name of the class", "choices": []},
      {"name": "attributes", "kind": "words", "help": "The first parameters, or variables of the notebook, that become attributes; by default all that the functions share.", "required": false, "default": [], "group": "", "ask": "", "choices": []},
    ],
  },
  {
    "id": "extract.config",
    "title": "Extract to a configuration file",
    "kind": "refactor.extract.config",
    "summary": "Move paths, columns, hyper-parameters, seeds and thresholds to a configuration file.",
    "options": [
      {"name": "to", "kind": "path", "help": "The new file, `.yaml`, `.json` or `.py`; without it, `config.json` beside the notebook (`config.yaml` where the notebook imports `yaml` already).", "required": false, "default": "", "group": "", "ask": "", "choices": []},
      {"name": "names", "kind": "words", "help": "These variables alone.", "required": false, "default": [], "group": "", "ask": "", "choices": []},
      {"name": "everything", "kind": "flag", "help": "Every variable that is given a literal once, also those that do not look like settings.", "required": false, "default": false, "group": "", "ask": "", "choices": []},
      {"name": "variables_only", "kind": "flag", "help": "Leave literals inside calls where they are.", "required": false, "default": false, "group": "", "ask": "", "choices": []},
      {"name": "secrets", "kind": "flag", "help": "Read secrets from environment variables, which must be set before the notebook runs.", "required": false, "default": false, "group": "", "ask": "", "choices": []},
    ],
  },
  {
    "id": "extract.function",
    "title": "Extract to function",
    "kind": "refactor.extract.function",
    "summary": "Turn cells, or lines of one cell, into a function and a call of it.",
    "options": [
      {"name": "name", "kind": "text", "help": "The function's name; by default the first words of the text above.", "required": false, "default": "", "group": "", "ask": "Name of the function", "choices": []},
      {"name": "cells", "kind": "cells", "help": "Cells that follow one another.", "required": false, "default": [], "group": "what to extract", "ask": "", "choices": []},
      {"name": "lines", "kind": "lines", "help": "Lines of one cell.", "required": false, "default": null, "group": "what to extract", "ask": "", "choices": []},
    ],
  },
  {
    "id": "extract.module",
    "title": "Extract to module",
    "kind": "refactor.extract.module",
    "summary": "Move functions and classes, and all that they need, to a Python module.",
    "options": [
      {"name": "to", "kind": "path", "help": "The module that takes them; it may be there already.", "required": true, "default": null, "group": "", "ask": "", "choices": []},
      {"name": "names", "kind": "words", "help": "Functions and classes to move.", "required": false, "default": [], "group": "what to move", "ask": "", "choices": []},
      {"name": "cells", "kind": "cells", "help": "Move what these cells define.", "required": false, "default": [], "group": "what to move", "ask": "", "choices": []},
      {"name": "everything", "kind": "flag", "help": "Move every function and class that can be moved; the plan says why others stay.", "required": false, "default": false, "group": "what to move", "ask": "", "choices": []},
      {"name": "parameters", "kind": "flag", "help": "Make variables that change parameters of the functions that read them; every call passes them. By default, only `--all` does.", "required": false, "default": null, "group": "", "ask": "", "choices": []},
      {"name": "tidy", "kind": "flag", "help": "Remove imports that only the moved code used.", "required": false, "default": false, "group": "", "ask": "", "choices": []},
      {"name": "autoreload", "kind": "flag", "help": "Add `%autoreload 2`, which loads the module again when you edit it.", "required": false, "default": false, "group": "", "ask": "", "choices": []},
      {"name": "others", "kind": "flag", "help": "Other notebooks of the workspace that hold the same definitions import them, too.", "required": false, "default": false, "group": "", "ask": "", "choices": []},
    ],
  },
  {
    "id": "move.cell",
    "title": "Move the cell",
    "kind": "refactor.move.cell",
    "summary": "Move a cell above the first one that reads what it binds, or that one below it.",
    "options": [
      {"name": "cell", "kind": "cell", "help": "The cell that gives names their values too late.", "required": true, "default": null, "group": "", "ask": "", "choices": []},
      {"name": "above", "kind": "cell", "help": "The cell that needs them; by default the first one that reads them before.", "required": false, "default": null, "group": "", "ask": "", "choices": []},
    ],
  },
  {
    "id": "pipeline",
    "title": "Make a pipeline",
    "kind": "refactor.rewrite.pipeline",
    "summary": "Make one pipeline of transformers that are fitted and applied by hand, and the model that learns from them.",
    "options": [
      {"name": "cell", "kind": "cell", "help": "The cell that fits the first transformer.", "required": true, "default": null, "group": "", "ask": "", "choices": []},
    ],
  },
  {
    "id": "rename.definition",
    "title": "Rename the second definition",
    "kind": "refactor.rewrite.definition",
    "summary": "Give a function that takes over the name of an earlier one a name of its own, with all its uses.",
    "options": [
      {"name": "name", "kind": "text", "help": "The function's name now.", "required": true, "default": null, "group": "", "ask": "Function", "choices": []},
      {"name": "cell", "kind": "cell", "help": "The cell with the definition that is renamed.", "required": true, "default": null, "group": "", "ask": "", "choices": []},
      {"name": "to", "kind": "text", "help": "Its new name; by default the old one with a number.", "required": false, "default": "", "group": "", "ask": "New name", "choices": []},
    ],
  },
];
