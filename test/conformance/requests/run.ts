/** The conformance of app-filter: a SUT with its filter on, placed as the agent places it, against an oracle over requests. */

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { memoryDir } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { appFilter } from '../../../agent/mechanisms/app-filter.ts';
import type { Action, HookRead } from '../../../agent/mechanisms/mechanism.ts';
import { type SutName, startSut } from '../../agent/load/support.ts';
import { random } from '../../helpers/random.ts';
import { type KeywordSet, keywordsOf } from '../keyword-sets.ts';
import { firstKeyword } from '../search.ts';
import { type MadeRequest, requestsOf } from './requests.ts';

const ANSWER = 'Hello World\n';
/** by the server itself, before any filter; then it is none */
export const REFUSED = 'refused by the server';
/** SUTs that keep the headers in a map */
const WITHOUT_ORDER = ['java-hello'];
/** SUTs whose server passes a body that was cut short for a whole one: such requests are not made there */
export const PASSES_SHORT_BODIES = ['java-hello'];
const ANSWER_MS = 20_000;

interface LookedAt {
  /** that is found; more than one where the order of the headers is not known */
  readonly keywords: readonly (number | null)[];
  /** of the parts that are looked at */
  readonly bytes: number;
}

interface ExpectedRequest extends LookedAt {
  readonly notBeforeNs: bigint;
  readonly notAfterNs: bigint;
}

export interface RequestsOutcome {
  readonly requests: number;
  readonly hits: number;
  readonly kinds: ReadonlySet<string>;
  readonly disagreements: readonly string[];
}

export async function runRequests(o: {
  sut: SutName;
  seed: number;
  requests: number;
  action: Action;
  set: KeywordSet;
}): Promise<RequestsOutcome> {
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-requests-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  const keywords = keywordsOf(o.set);
  const order = { keywords, action: o.action, functions: ['read'], host: { pinning: pinningOf(), undo }, dir } as const;
  const hook = await appFilter.place({ ...order, mostReads: 2 * o.requests }, 'filter');
  const keepsOrder = !WITHOUT_ORDER.includes(o.sut);
  const mayAbort = !PASSES_SHORT_BODIES.includes(o.sut);
  const sut = await startSut(o.sut, hook.env).catch(async (error: unknown) => {
    await undo.run();
    throw error;
  });
  try {
    hook.assertLive(sut.pid);
    const client = new Client(sut.port);
    const [draws, expected, kinds, wrong] = [
      random(o.seed),
      [] as ExpectedRequest[],
      new Set<string>(),
      [] as string[],
    ];
    const made = requestsOf(keywords, draws);
    while (expected.length < o.requests) {
      const request = made.next();
      for (const kind of request.kinds) kinds.add(kind);
      const looked = lookedAt(request, keywords, keepsOrder);
      const isBlocked = o.action === 'block' && isHit(looked);
      const notBeforeNs = process.hrtime.bigint();
      let answer = await client.ask(request.writes);
      // a server may close a connection that was kept alive just as the next request comes: HTTP has the client ask again. One to be blocked ends
      // its connection anyway: it is known to have come by its record
      const came = isBlocked && hook.counts()?.reads !== expected.length;
      if (answer === '' && !came) answer = await client.ask(request.writes);
      if (/^HTTP\/1\.1 40[04] /.test(answer)) {
        kinds.add(REFUSED);
        continue;
      }
      expected.push({ ...looked, notBeforeNs, notAfterNs: process.hrtime.bigint() });
      if (answer !== (isBlocked ? '' : ANSWER)) wrong.push(`request ${expected.length - 1} was answered: ${answer}`);
      if (draws.uniform() < 0.1 && mayAbort) await client.abort(request.writes, kinds);
    }
    client.end();
    const disagreements = [...wrong.slice(0, 3), ...judged(hook, expected, sut.pid)];
    return { requests: expected.length, hits: hitsOf(expected), kinds, disagreements };
  } finally {
    await sut.stop();
    await undo.run();
  }
}

/** The target, then each header's value in the order they were sent, then the body; each by itself. */
function lookedAt({ target, headers, body }: MadeRequest, keywords: readonly Buffer[], keepsOrder: boolean): LookedAt {
  const values = headers.map(([, value]) => value);
  const parts = [target, ...values, body ?? Buffer.alloc(0)];
  const found = parts.map((part) => firstKeyword(keywords, part));
  const first = found.findIndex((one) => one !== null);
  const isHeader = first > 0 && first <= values.length;
  const any = isHeader && !keepsOrder ? found.slice(1, values.length + 1).filter((one) => one !== null) : [];
  return {
    keywords: [found[first] ?? null, ...any],
    bytes: parts.reduce((sum, { length }) => sum + length, 0),
  };
}

function judged(
  hook: Awaited<ReturnType<typeof appFilter.place>>,
  expected: readonly ExpectedRequest[],
  pid: number,
): string[] {
  const { reads, lost } = hook.drain()!;
  const counts = hook.counts()!;
  const must = {
    reads: expected.length,
    bytes: expected.reduce((sum, { bytes }) => sum + bytes, 0),
    hits: hitsOf(expected),
  };
  const differing = expected.flatMap((request, i) =>
    isSame(reads[i], request, pid) ? [] : [`request ${i}: ${text(reads[i])}, not ${text(request)}`],
  );
  return [
    ...(JSON.stringify(counts) === JSON.stringify(must)
      ? []
      : [`counted ${JSON.stringify(counts)}, not ${JSON.stringify(must)}`]),
    ...(lost === 0 ? [] : [`${lost} lost`]),
    ...differing.slice(0, 5),
  ];
}

function isSame(read: HookRead | undefined, request: ExpectedRequest, pid: number): boolean {
  return (
    read !== undefined &&
    request.keywords.includes(read.keyword) &&
    read.hit === isHit(request) &&
    [read.pid, read.fd].join() === [pid, -1].join() &&
    read.latencyNs > 0 &&
    read.atNs >= request.notBeforeNs &&
    read.atNs + BigInt(read.latencyNs) <= request.notAfterNs
  );
}

/** One request at a time, over one connection until that ends. */
class Client {
  readonly #port: number;
  #socket: Socket | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  /** @returns the body of the answer, '' when the connection ended instead, and whatever came when that is not 200 */
  async ask(writes: readonly Buffer[]): Promise<string> {
    const socket = this.#connected();
    const answer = new Promise<string>((resolve, reject) => {
      let got = '';
      const timer = setTimeout(() => reject(new Error(`no answer; so far: ${got}`)), ANSWER_MS);
      const done = (result: string) => {
        clearTimeout(timer);
        socket.off('data', data).off('close', closed);
        resolve(result);
      };
      const closed = () => {
        this.#socket = null;
        done(got);
      };
      const data = (bytes: Buffer) => {
        got += bytes.toString('latin1');
        if (got.startsWith('HTTP/1.1 200') && got.endsWith(`\r\n\r\n${ANSWER}`)) done(ANSWER);
      };
      socket.on('data', data).on('close', closed);
    });
    await sent(socket, writes);
    return answer;
  }

  /** a request that ends before it is whole is none */
  async abort(writes: readonly Buffer[], kinds: Set<string>): Promise<void> {
    const [first] = writes;
    if (writes.length < 2 || first === undefined) return;
    kinds.add('cut short');
    await sent(this.#connected(), [first]);
    this.end();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  end(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #connected(): Socket {
    this.#socket ??= connect({ port: this.#port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
    return this.#socket;
  }
}

async function sent(socket: Socket, writes: readonly Buffer[]): Promise<void> {
  for (const [i, bytes] of writes.entries()) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    socket.write(bytes);
  }
}

function hitsOf(expected: readonly ExpectedRequest[]): number {
  return expected.filter(isHit).length;
}

function isHit({ keywords }: LookedAt): boolean {
  return keywords[0] !== null;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
}
