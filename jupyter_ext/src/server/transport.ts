/** Carries JSON-RPC over a WebSocket, one message a text frame. */

import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/browser';

export class SocketReader extends AbstractMessageReader implements MessageReader {
  constructor(private readonly socket: WebSocket) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const receive = (event: MessageEvent) => {
      try {
        callback(JSON.parse(String(event.data)) as Message);
      } catch (error) {
        this.fireError(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const close = () => this.fireClose();
    this.socket.addEventListener('message', receive);
    this.socket.addEventListener('close', close);
    return {
      dispose: () => {
        this.socket.removeEventListener('message', receive);
        this.socket.removeEventListener('close', close);
      },
    };
  }
}

export class SocketWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly socket: WebSocket) {
    super();
  }

  write(message: Message): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('the connection is closed'));
    this.socket.send(JSON.stringify(message));
    return Promise.resolve();
  }

  end(): void {
    this.socket.close();
  }
}
