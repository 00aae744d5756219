# offbook: `make demo` shows it at work, `make test` runs every test. Both set up all that they need.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
LABEXTENSION := jupyter_ext/offbook_jupyter/labextension
LABLINK := .venv/share/jupyter/labextensions/@offbook/jupyterlab

# A list of the files below some folders, built ones aside: what is newer than its stamp is built again.
files = $(shell find $(1) \( -name node_modules -o -name lib -o -name dist -o -name labextension -o -name __pycache__ \) -prune \
	-o -type f ! -name '*.vsix' ! -name '*.tsbuildinfo' -print 2>/dev/null)
CLIENT := $(call files,lsp_server/client/src lsp_server/client/package.json lsp_server/client/tsconfig.json) tsconfig.base.json
LAB := $(call files,jupyter_ext/src jupyter_ext/schema jupyter_ext/style jupyter_ext/package.json jupyter_ext/tsconfig.json)
VSCODE := $(call files,vscode-client)

.PHONY: help demo test screenshots lab code build lint format generate setup clean distclean

help: ## What can be made
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: setup ## Set up, and run the main job on examples/: check, extract, verify, run
	@.ci/demo

test: setup .make/browser .make/code-server .make/neovim ## Set up, and run every test, those in real editors too
	@$(MAKE) lint
	@npm test
	@OFFBOOK_BROWSER="$$(cat .make/browser.path)" $(BIN)/pytest tests

screenshots: setup .make/browser .make/code-server ## Take the pictures of docs/images anew, from the browser tests
	@OFFBOOK_SCREENSHOTS=1 OFFBOOK_BROWSER="$$(cat .make/browser.path)" $(BIN)/pytest tests/browser

lab: setup .demo/by-hand ## Open the example in JupyterLab
	@.ci/lab

code: setup .make/code-server .demo/by-hand ## Open the example in VS Code (code-server, in the browser)
	@.ci/code

build: setup ## Build the wheel and the VS Code extension into dist/
	@rm -f dist/*.whl dist/*.tar.gz dist/*.vsix
	@PATH="$(CURDIR)/$(BIN):$$PATH" HATCH_JUPYTER_BUILDER_SKIP_NPM=1 $(BIN)/python -m build --outdir dist >.make/build.log 2>&1 || \
		{ tail -20 .make/build.log >&2; echo "offbook: the wheel could not be built: see .make/build.log" >&2; exit 1; }
	@cp vscode-client/*.vsix dist/offbook-$$(node -p 'require("./package.json").version').vsix
	@ls dist/*

lint: .make/python .make/npm ## Check style, types, layers and generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m offbook.devtools.generate --check
	npm run --silent lint
	npm run --silent typecheck

format: .make/python .make/npm ## Put the code in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	npm run --silent format

generate: .make/python ## Write the files that are derived from Python declarations
	$(BIN)/python -m offbook.devtools.generate

clean: ## Remove what was built; the installed packages stay
	rm -rf dist build .demo .make lsp_server/client/lib jupyter_ext/lib $(LABEXTENSION) vscode-client/dist vscode-client/*.vsix
	find . \( -name node_modules -o -name .venv -o -name .cache \) -prune -o -name '*.tsbuildinfo' -exec rm -f {} +

distclean: clean ## Remove everything that make has set up
	rm -rf .venv .cache node_modules */node_modules lsp_server/client/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

setup: .make/python .make/lab .make/vsix

# The stamps: each is made again when something that it depends on is newer, or when what it stands for is gone.
ifeq ($(wildcard $(BIN)/offbook),)
.PHONY: .make/python
endif
ifeq ($(wildcard node_modules/.package-lock.json),)
.PHONY: .make/npm
endif
ifeq ($(wildcard $(LABEXTENSION)/static/style.js),)
.PHONY: .make/lab
endif
ifeq ($(wildcard vscode-client/*.vsix),)
.PHONY: .make/vsix
endif
ifeq ($(wildcard .cache/node24/node_modules/*/bin/node .cache/node24/node_modules/node/node_modules/*/bin/node),)
.PHONY: .make/node24
endif

.make/python: pyproject.toml package.json jupyter_ext/install.json $(wildcard jupyter_ext/jupyter-config/*/*) .ci/setup
	@mkdir -p .make $(LABEXTENSION)
	@if [[ -L $(LABLINK) ]]; then rm $(LABLINK); fi
	@.ci/setup python
	@touch $@

.make/npm: package-lock.json
	@.ci/setup npm
	@touch $@

.make/node24:
	@.ci/setup node24
	@touch $@

.make/browser:
	@.ci/setup browser
	@touch $@

.make/neovim:
	@.ci/setup neovim
	@touch $@

.make/code-server: .make/node24
	@.ci/setup code-server
	@touch $@

# JupyterLab reads the extension where it is built, so that a rebuilt one shows after a reload of the page.
.make/lab: .make/python .make/npm $(CLIENT) $(LAB)
	@echo "==> JupyterLab extension"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build:lab >.make/lab.log 2>&1 || \
		{ tail -30 .make/lab.log >&2; echo "offbook: the JupyterLab extension could not be built: see .make/lab.log" >&2; exit 1; }
	@mkdir -p $(dir $(LABLINK)) && rm -rf $(LABLINK) && ln -s $(CURDIR)/$(LABEXTENSION) $(LABLINK)
	@touch $@

.make/vsix: .make/npm .make/node24 $(CLIENT) $(VSCODE)
	@echo "==> VS Code extension"
	@PATH="$$(.ci/setup node24-home)/bin:$$PATH" npm run --silent build:vsix >.make/vsix.log 2>&1 || \
		{ tail -30 .make/vsix.log >&2; echo "offbook: the VS Code extension could not be built: see .make/vsix.log" >&2; exit 1; }
	@touch $@

.demo/by-hand:
	@.ci/demo --prepare
