/** Starts a real VS Code (code-server) with the packaged extension, in folders of its own. */

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const START_MS = 60_000;

const SETTINGS = {
  'security.workspace.trust.enabled': false,
  'files.simpleDialog.enable': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'notebook.globalToolbar': true,
  'editor.lightbulb.enabled': 'on',
  'window.commandCenter': false,
  // The theme follows the browser's colour scheme, so that a test can choose it.
  'window.autoDetectColorScheme': true,
  'workbench.preferredDarkColorTheme': 'Dark Modern',
  'workbench.preferredLightColorTheme': 'Light Modern',
  'remote.autoForwardPorts': false,
};

export class CodeServer {
  /**
   * @param {{codeServer: string, node: string, vsix: string, python: string, settings?: object}} options
   */
  constructor(options) {
    this.options = options;
    this.state = fs.mkdtempSync(path.join(os.tmpdir(), 'offbook-code-'));
    this.workspace = path.join(this.state, 'workspace');
    this.settings = { ...SETTINGS, 'offbook.interpreter': options.python, ...options.settings };
    fs.mkdirSync(this.workspace);
    for (const folder of ['user/User', 'user/Machine', 'tmp', 'extensions']) {
      fs.mkdirSync(path.join(this.state, folder), { recursive: true });
    }
    this.output = '';
  }

  get url() {
    return `http://127.0.0.1:${this.port}/?folder=${this.workspace}`;
  }

  /** Install the extension, start, and wait until it answers. */
  async start() {
    fs.writeFileSync(path.join(this.state, 'user/User/settings.json'), JSON.stringify(this.settings, null, 2));
    const machine = { 'offbook.interpreter': this.settings['offbook.interpreter'] };
    fs.writeFileSync(path.join(this.state, 'user/Machine/settings.json'), JSON.stringify(machine));
    fs.writeFileSync(path.join(this.state, 'config.yaml'), 'auth: none\ncert: false\n');
    const common = [
      ...[this.options.codeServer, '--config', path.join(this.state, 'config.yaml')],
      ...['--user-data-dir', path.join(this.state, 'user'), '--extensions-dir', path.join(this.state, 'extensions')],
    ];
    const run = { env: this.environment(), stdio: 'pipe', timeout: START_MS };
    execFileSync(this.options.node, [...common, '--install-extension', this.options.vsix, '--force'], run);
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
    const args = [...common, '--bind-addr', '127.0.0.1:0', ...quiet, '--disable-workspace-trust'];
    this.child = spawn(this.options.node, args, { env: this.environment(), detached: true });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', text => (this.output += text));
    }
    this.port = await this.waitForPort();
  }

  environment() {
    const at = folder => path.join(this.state, folder);
    return {
      ...process.env,
      PATH: `${path.dirname(this.options.node)}${path.delimiter}${process.env.PATH}`,
      XDG_CONFIG_HOME: at('config'),
      XDG_DATA_HOME: at('data'),
      XDG_CACHE_HOME: at('cache'),
      XDG_RUNTIME_DIR: at('tmp'),
      TMPDIR: at('tmp'),
    };
  }

  async waitForPort() {
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.output)?.[1];
      if (port && (await healthy(port))) return Number(port);
      if (this.child.exitCode !== null) break;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error(`code-server did not start:\n${this.output}`);
  }

  /** The extension's own log, for a failure's report. */
  log() {
    const found = fs
      .readdirSync(path.join(this.state, 'user'), { recursive: true })
      .filter(name => /offbook.*\.log$/.test(name));
    return found.map(name => fs.readFileSync(path.join(this.state, 'user', name), 'utf8')).join('\n');
  }

  /** End every process of it, and remove its folders. */
  async stop() {
    const child = this.child;
    if (child && child.exitCode === null) {
      const ended = new Promise(resolve => child.once('exit', resolve));
      signal(child.pid, 'SIGTERM');
      const late = setTimeout(() => signal(child.pid, 'SIGKILL'), 5000);
      await ended;
      clearTimeout(late);
      signal(child.pid, 'SIGKILL');
    }
    fs.rmSync(this.state, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

async function healthy(port) {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    answer => answer.ok,
    () => false,
  );
}

/** Signal a whole process group; one that has ended is fine. */
function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
