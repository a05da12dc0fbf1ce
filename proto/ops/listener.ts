/** The HTTP listener for whoever operates a daemon: is it alive, is it ready, what are its numbers. It reads nothing but the first line of a request,
 * and what it does for one is bounded, because it has no authentication. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BenchError } from '../errors.ts';

const MOST_HEADER_BYTES = 4096;
const MOST_CONNECTIONS = 32;
const MOST_REQUESTS_PER_CONNECTION = 1000;
const REQUEST_TIMEOUT_MS = 5_000;
const IDLE_MS = 15_000;
/** a flood of requests for numbers shares one rendering */
const METRICS_KEPT_MS = 200;

export interface OpsOptions {
  /** "HOST:PORT" or ":PORT" (all addresses); port 0 takes a free one */
  readonly address: string;
  /** why work should not be sent here now; empty when ready */
  readonly reasons: () => readonly string[] | Promise<readonly string[]>;
  /** Prometheus text */
  readonly metrics: () => Promise<string>;
}

export interface Ops {
  readonly port: number;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** @throws BenchError usage | port-taken */
export async function openOps(o: OpsOptions): Promise<Ops> {
  const { createServer } = await import('node:http');
  const metrics = shared(o.metrics);
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      answerOf(request, { ...o, metrics })
        .catch((error: unknown): Answer => ({ status: 500, type: TEXT, body: `${String(error)}\n` }))
        .then((answer) => send(request, response, answer));
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = MOST_REQUESTS_PER_CONNECTION;
  // answers a request that is too long or too slow, and hangs up
  server.on('connection', (socket) => socket.setTimeout(IDLE_MS, () => socket.destroy()));
  const port = await listen(server, o.address);
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answerOf(request: IncomingMessage, o: OpsOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, type: TEXT, body: 'GET or HEAD only\n' };
  switch (request.url?.split('?', 1)[0]) {
    case '/healthz':
      return { status: 200, type: JSON_TYPE, body: '{"alive":true}\n' };
    case '/readyz': {
      const reasons = await o.reasons();
      const ready = reasons.length === 0;
      return { status: ready ? 200 : 503, type: JSON_TYPE, body: `${JSON.stringify({ ready, reasons })}\n` };
    }
    case '/metrics':
      return { status: 200, type: METRICS_TYPE, body: await o.metrics() };
    default:
      return { status: 404, type: TEXT, body: '/healthz, /readyz and /metrics are here\n' };
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  // a body that comes with a request is never read: the connection ends instead
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
    ...(hasBody && { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? '' : body, () => {
    if (hasBody) request.socket.destroySoon();
  });
}

function shared(render: () => Promise<string>): () => Promise<string> {
  let kept: { readonly atMs: number; readonly text: Promise<string> } | null = null;
  return () => {
    const now = performance.now();
    if (kept === null || now - kept.atMs > METRICS_KEPT_MS) kept = { atMs: now, text: render() };
    return kept.text;
  };
}

async function listen(server: Server, address: string): Promise<number> {
  const { host, port } = splitOpsAddress(address);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, ...(host !== '' && { host }) }, resolve);
    });
  } catch (cause) {
    throw new BenchError('port-taken', `can't listen on --ops ${address}: ${(cause as Error).message}`, {
      nextStep: 'choose another port with --ops HOST:PORT, or end who holds it (ss -ltnp)',
      cause,
    });
  }
  server.on('error', () => undefined);
  return (server.address() as { port: number }).port;
}

function splitOpsAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]*)):(\d{1,5})$/.exec(address) ?? [];
  if (Number(port) <= 65_535) return { host: bracketed ?? plain ?? '', port: Number(port) };
  throw new BenchError('usage', `--ops ${address} is not HOST:PORT`, { nextStep: 'e.g. --ops 127.0.0.1:9461' });
}
