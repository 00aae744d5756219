/** Starts a real JupyterLab with our extension, in folders of its own. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const START_MS = 60_000;
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const EXTENSION = path.join(REPOSITORY, 'jupyter_ext');

/** No network, no news, and a layout that is the same each time. */
const OVERRIDES = {
  '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
  '@jupyterlab/application-extension:sidebar': { overrides: {} },
};

export class Lab {
  /**
   * @param {{python: string, enabled?: boolean, application?: string, together?: boolean, extension?: boolean}} options
   *   `enabled`: whether our server extension is; `extension`: whether the page has ours; `application`: the module that
   *   is started, `notebook` for Notebook 7; `together`: whether several users can edit one notebook
   */
  constructor(options) {
    this.options = options;
    this.state = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'offbook-lab-')));
    this.workspace = path.join(this.state, 'workspace');
    this.token = randomBytes(16).toString('hex');
    this.output = '';
    for (const folder of ['workspace', 'tmp', 'settings', 'config/jupyter_server_config.d', 'extensions/@offbook']) {
      fs.mkdirSync(path.join(this.state, folder), { recursive: true });
    }
  }

  /** The address of a page, with the token that logs in. */
  page(place) {
    return `${this.address}${place}?token=${this.token}`;
  }

  /** Start, and wait until it answers. */
  async start() {
    const at = folder => path.join(this.state, folder);
    const shipped = path.join(EXTENSION, 'jupyter-config/server-config/offbook.json');
    const enabling = JSON.parse(fs.readFileSync(shipped, 'utf8'));
    enabling.ServerApp.jpserver_extensions.offbook_jupyter = this.options.enabled ?? true;
    fs.writeFileSync(at('config/jupyter_server_config.d/offbook.json'), JSON.stringify(enabling));
    fs.symlinkSync(path.join(EXTENSION, 'offbook_jupyter/labextension'), at('extensions/@offbook/jupyterlab'));
    const disabledExtensions = this.options.extension === false ? { '@offbook/jupyterlab': true } : {};
    fs.writeFileSync(at('settings/page_config.json'), JSON.stringify({ disabledExtensions }));
    fs.writeFileSync(at('settings/overrides.json'), JSON.stringify(OVERRIDES));
    const config = {
      ServerApp: {
        ip: '127.0.0.1',
        port: 0,
        open_browser: false,
        root_dir: this.workspace,
        allow_root: true,
        use_redirect_file: false,
      },
      IdentityProvider: { token: this.token },
      YDocExtension: { disable_rtc: !this.options.together },
      LabApp: { app_settings_dir: at('settings'), extra_labextensions_path: [at('extensions')] },
      KernelSpecManager: { ensure_native_kernel: true },
    };
    fs.writeFileSync(at('config/jupyter_server_config.json'), JSON.stringify(config));
    const args = ['-m', this.options.application ?? 'jupyterlab', '--no-browser', '--expose-app-in-browser'];
    this.child = spawn(this.options.python, args, { env: this.environment(), cwd: this.workspace, detached: true });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', text => (this.output += text));
    }
    this.address = await this.waitForAddress();
  }

  environment() {
    const at = folder => path.join(this.state, folder);
    return {
      ...process.env,
      HOME: this.state,
      IPYTHONDIR: at('ipython'),
      JUPYTER_CONFIG_DIR: at('config'),
      JUPYTER_PREFER_ENV_PATH: '0', // the configuration above wins over what pip has installed
      JUPYTER_DATA_DIR: at('data'),
      JUPYTER_RUNTIME_DIR: at('runtime'),
      JUPYTERLAB_SETTINGS_DIR: at('user-settings'),
      JUPYTERLAB_WORKSPACES_DIR: at('workspaces'),
      MPLCONFIGDIR: at('matplotlib'),
      TMPDIR: at('tmp'),
      XDG_CACHE_HOME: at('cache'),
    };
  }

  async waitForAddress() {
    const end = Date.now() + START_MS;
    while (Date.now() < end && this.child.exitCode === null) {
      const found = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(this.output)?.[1];
      if (found && (await answers(`${found}api?token=${this.token}`))) return found;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error(`JupyterLab did not start:\n${this.output}`);
  }

  /** The ids of the language servers that run for this JupyterLab. */
  languageServers() {
    return fs.readdirSync('/proc').filter(pid => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return Number(parent) === this.child.pid && command.includes('offbook') && command.includes('lsp');
      } catch {
        return false;
      }
    });
  }

  /** End every process of it, and remove its folders. */
  async stop() {
    const { child } = this;
    if (child && child.exitCode === null) {
      const ended = new Promise(resolve => child.once('exit', resolve));
      signal(child.pid, 'SIGTERM');
      const late = setTimeout(() => signal(child.pid, 'SIGKILL'), 8000);
      await ended;
      clearTimeout(late);
      signal(child.pid, 'SIGKILL');
    }
    fs.rmSync(this.state, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

async function answers(url) {
  return fetch(url).then(
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
