import { createServer, connect as dial, type Socket } from 'node:net';
import { random } from './random.ts';

/** A TCP proxy on loopback that does to connections what networks do. */
export interface Proxy {
  readonly port: number;
  /** connections cut so far by their number of bytes */
  readonly cuts: () => number;
  /** connections taken so far */
  readonly connections: () => number;
  /** ends every connection under way, now, and says so to both ends */
  cutAll(): void;
  /** From now on nothing goes through and nobody is told, as when a cable is pulled; new connections are taken and go nowhere. */
  silence(): void;
  /** Ends the silence; what was sent meanwhile is lost, and connections from before stay dead without a word. */
  heal(): void;
  close(): void;
}

export interface ProxyOptions {
  readonly seed?: number;
  /** Each of the first `cuts` connections is cut, in the middle of whatever goes through, after a random number of bytes within `bytes` */
  readonly cuts?: number;
  readonly bytes?: readonly [least: number, most: number];
  /** both ways, ms */
  readonly delayMs?: number;
}

/** @param to port of the controller, or a function that says it for each connection */
export async function startProxy(to: number | (() => number), o: ProxyOptions = {}): Promise<Proxy> {
  const { uniform } = random(o.seed ?? 1);
  const [least, most] = o.bytes ?? [1, 100_000];
  const open = new Set<Socket>();
  let cuts = 0;
  let connections = 0;
  let silent = false;
  const server = createServer((near) => {
    connections += 1;
    const far = dial(typeof to === 'number' ? to : to(), '127.0.0.1');
    let left = cuts < (o.cuts ?? 0) ? Math.floor(least * (most / least) ** uniform()) : Number.POSITIVE_INFINITY;
    let dead = false;
    const cut = () => {
      // who is dead without a word says none when it is closed either
      if (dead) return;
      for (const socket of [near, far]) {
        socket.destroy();
        open.delete(socket);
      }
    };
    const pass = (other: Socket) => (chunk: Buffer) => {
      dead ||= silent;
      if (left <= 0 || dead) return;
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      if (o.delayMs === undefined) other.write(part);
      else setTimeout(() => other.destroyed || other.write(part), o.delayMs);
      left -= chunk.length;
      if (left > 0) return;
      cuts += 1;
      setImmediate(cut);
    };
    near.on('data', pass(far));
    far.on('data', pass(near));
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', cut).on('close', () => (silent ? undefined : cut()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cuts: () => cuts,
    connections: () => connections,
    cutAll,
    silence: () => {
      silent = true;
    },
    heal: () => {
      silent = false;
    },
    close: () => {
      server.close();
      cutAll();
    },
  };
}
