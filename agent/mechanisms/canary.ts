/** A canary: accepted connections of this process on which a keyword arrives. A hook that is truly attached, with every probe it needs,
 * sees it; until then it does not. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

export class Canary {
  readonly #server: Server;

  static async open(): Promise<Canary> {
    const server = createServer((socket) => {
      socket.on('data', () => socket.end());
      socket.on('error', () => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Canary(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  /** One new connection, accepted by this process, that carries the keyword. */
  async sing(keyword: Uint8Array): Promise<void> {
    const socket = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(keyword);
    await once(socket, 'close').catch(() => undefined);
  }

  close(): void {
    this.#server.close();
  }
}
