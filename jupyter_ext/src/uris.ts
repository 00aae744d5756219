/** The names that documents have in the protocol, and their paths in the contents service. */

const CELL_SCHEME = 'offbook-cell:';

/** Maps paths of the contents service to URIs below the server's root, and back. */
export class Uris {
  private readonly root: string;

  constructor(rootUri: string) {
    this.root = rootUri.replace(/\/+$/, '');
  }

  /** Return the URI of a file; `path` is relative to the server's root. */
  fileUri(path: string): string {
    return `${this.root}/${encodePath(path)}`;
  }

  /** Return the path of a file, or `null` for one outside the root. */
  path(uri: string): string | null {
    const root = `${decode(this.root)}/`;
    const whole = decode(uri.replace(/[?#].*$/, ''));
    if (!whole.startsWith(root)) return null;
    const path = whole.slice(root.length);
    return path.split('/').some(part => part === '..' || part === '') ? null : path;
  }

  /** Return the URI of a cell's document. */
  cellUri(path: string, id: string): string {
    return `${CELL_SCHEME}///${encodePath(path)}#${encodeURIComponent(id)}`;
  }

  /** Return the notebook's path and the cell's id, or `null` for a URI that is no cell's. */
  cell(uri: string): { path: string; id: string } | null {
    if (!uri.startsWith(`${CELL_SCHEME}///`)) return null;
    const [path, id] = uri.slice(CELL_SCHEME.length + 3).split('#');
    return id === undefined ? null : { path: decode(path), id: decode(id) };
  }
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
