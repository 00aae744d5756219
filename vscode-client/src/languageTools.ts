/** offbook as tools of VS Code's own chat: check, explain, plan and apply a refactoring, run. */

import { execFile } from 'node:child_process';
import {
  METHODS,
  plainText,
  previewPlan,
  previewText,
  refusalText,
  sentences,
  texts,
  type PlanMessage,
  type RefactoringOptions,
} from '@offbook/client';
import * as vscode from 'vscode';
import { takeSnapshot } from './apply';
import { findInterpreter } from './interpreter';
import { cellsOf, namedCanonically, openNotebook } from './notebooks';
import type { Refactorer } from './refactor';
import type { RunChecks } from './run';
import type { Server } from './server';

const MOST_OUTPUT = 4 * 1024 * 1024;

/** What is used of an API that is younger than the VS Code that this extension needs. */
interface Api {
  lm?: {
    registerTool?<Input>(
      name: string,
      tool: {
        prepareInvocation(options: { input: Input }, token: vscode.CancellationToken): Promise<Prepared>;
        invoke(options: { input: Input }, token: vscode.CancellationToken): Promise<object>;
      },
    ): vscode.Disposable;
  };
  LanguageModelToolResult?: new (parts: object[]) => object;
  LanguageModelTextPart?: new (text: string) => object;
}

interface Prepared {
  invocationMessage: string;
  /** Asked of the user before the tool does anything. */
  confirmationMessages?: { title: string; message: string };
}

interface Tool<Input> {
  doing: (input: Input) => string;
  confirm?: (input: Input, token: vscode.CancellationToken) => Promise<{ title: string; message: string }>;
  work: (input: Input, token: vscode.CancellationToken) => Promise<string>;
}

interface InNotebook {
  notebook: string;
}
interface Refactoring extends InNotebook {
  refactoring: string;
  options?: RefactoringOptions;
}

/** What went wrong, in words for the assistant and its user. */
class ToolError extends Error {}

export class LanguageTools implements vscode.Disposable {
  private readonly registered: vscode.Disposable[] = [];

  constructor(
    private readonly server: Server,
    private readonly refactorer: Refactorer,
    private readonly checks: RunChecks,
    private readonly home: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.register<InNotebook>('offbook_check', {
      doing: ({ notebook }) => `Checking ${notebook}`,
      work: ({ notebook }, token) => this.command(['check', '--format=text', place(notebook).fsPath], token),
    });
    this.register<{ code: string }>('offbook_explain', {
      doing: ({ code }) => `Reading about ${code}`,
      work: ({ code }, token) => this.command(['rule', '--', code], token),
    });
    this.register<Refactoring>('offbook_plan', {
      doing: ({ notebook, refactoring }) => `Planning ${refactoring} in ${notebook}`,
      work: async (input, token) => (await this.plan(input, token)).text,
    });
    this.register<Refactoring>('offbook_apply', {
      doing: ({ notebook, refactoring }) => `Carrying out ${refactoring} in ${notebook}`,
      confirm: async (input, token) => {
        const { plan, text } = await this.plan(input, token);
        return { title: plan.title, message: `${texts.tools.apply}\n\n\`\`\`diff\n${text}\n\`\`\`` };
      },
      work: (input, token) => this.apply(input, token),
    });
    this.register<InNotebook>('offbook_run', {
      doing: ({ notebook }) => `Running ${notebook} in a fresh kernel`,
      confirm: ({ notebook }) => Promise.resolve({ title: texts.run.title(notebook), message: texts.tools.run }),
      work: (input, token) => this.run(input, token),
    });
  }

  private register<Input>(name: string, tool: Tool<Input>): void {
    const { lm, LanguageModelToolResult, LanguageModelTextPart } = vscode as unknown as Api;
    if (!lm?.registerTool || !LanguageModelToolResult || !LanguageModelTextPart) return;
    const registered = lm.registerTool<Input>(name, {
      prepareInvocation: async ({ input }, token) => {
        const invocationMessage = tool.doing(input);
        return tool.confirm
          ? { invocationMessage, confirmationMessages: await tool.confirm(input, token) }
          : { invocationMessage };
      },
      invoke: async ({ input }, token) =>
        new LanguageModelToolResult([new LanguageModelTextPart(await tool.work(input, token))]),
    });
    this.registered.push(registered);
  }

  /** Run one of offbook's commands; what it says is the answer, whether it found something or not. */
  private async command(words: string[], token: vscode.CancellationToken): Promise<string> {
    const python = await findInterpreter(this.log);
    return new Promise((resolve, reject) => {
      // `python -m` looks for modules in its working directory first: that must not be the workspace.
      const options = { cwd: this.home, maxBuffer: MOST_OUTPUT, windowsHide: true };
      const child = execFile(python, ['-m', 'offbook', ...words], options, (error, out, err) => {
        const status = error?.code ?? 0;
        if (status === 0 || status === 1) resolve(plainText(out));
        else reject(new ToolError(plainText(err || out) || String(error?.message)));
      });
      token.onCancellationRequested(() => child.kill());
    });
  }

  private async plan(
    { notebook, refactoring, options }: Refactoring,
    token: vscode.CancellationToken,
  ): Promise<{ plan: PlanMessage; text: string }> {
    const client = this.server.ready;
    if (!client) throw new ToolError(texts.server.notReady);
    const document = await openNotebook(place(notebook).toString());
    const params = { notebook: document.uri.toString(), refactoring, options: options ?? {} };
    const result = await client.ask(METHODS.plan, params, token);
    if (!result.plan) throw new ToolError(result.refusal ? refusalText(result.refusal) : texts.plan.nothing);
    const opened = new Map<string, vscode.NotebookDocument>();
    for (const change of result.plan.notebooks) opened.set(change.uri, await openNotebook(change.uri));
    const notebooks = result.plan.notebooks.map(change => ({
      ...change,
      changes: change.changes.map(namedCanonically),
    }));
    const preview = previewPlan({ ...result.plan, notebooks }, uri => cellsOf(opened.get(uri)!));
    return { plan: result.plan, text: previewText(preview) };
  }

  private async apply(input: Refactoring, token: vscode.CancellationToken): Promise<string> {
    if (!vscode.workspace.isTrusted) throw new ToolError(texts.run.restricted);
    const client = this.server.ready;
    if (!client) throw new ToolError(texts.server.notReady);
    const document = await openNotebook(place(input.notebook).toString());
    const snapshots = takeSnapshot(document);
    const { plan, text } = await this.plan(input, token);
    const verdict = await client.ask(METHODS.verify, { planId: plan.id }, token);
    if (verdict.verdict !== 'verified') throw new ToolError(sentences(verdict.message, texts.tools.notApplied));
    if (!(await this.refactorer.apply(plan, snapshots))) throw new ToolError(texts.tools.notApplied);
    return `${texts.verify.verdict(verdict)}\n\n${text}`;
  }

  private async run({ notebook }: InNotebook, token: vscode.CancellationToken): Promise<string> {
    const document = await openNotebook(place(notebook).toString());
    const refusal = this.checks.refusal(document);
    if (refusal !== null) throw new ToolError(refusal);
    const result = await this.checks.check(document, token);
    if (!result) throw new ToolError(texts.run.cancelled);
    return sentences(texts.run.outcome(result), plainText(result.failure?.traceback ?? ''));
  }

  dispose(): void {
    vscode.Disposable.from(...this.registered).dispose();
  }
}

/** Return a notebook of the workspace by its path in it. */
function place(path: string): vscode.Uri {
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const { uri } of folders) {
    const whole =
      path.startsWith('/') || /^[A-Za-z]:/.test(path) ? vscode.Uri.file(path) : vscode.Uri.joinPath(uri, path);
    if (whole.path.endsWith('.ipynb') && vscode.workspace.getWorkspaceFolder(whole)) return whole;
  }
  throw new ToolError(texts.tools.outside(path));
}
