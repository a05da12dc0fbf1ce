/** The conformance of app-filter: a SUT with its filter on, placed as the agent places it, against an oracle over requests. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { memoryDir } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { appFilter } from '../../../agent/mechanisms/app-filter.ts';
import type { Action, HookRead } from '../../../agent/mechanisms/mechanism.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { random } from '../../helpers/random.ts';
import { type KeywordSet, keywordsOf } from '../keyword-sets.ts';
import { firstKeyword } from '../search.ts';
import { type MadeRequest, requestsOf } from './requests.ts';

const ANSWER = 'Hello World\n';
const ANSWER_MS = 20_000;

interface ExpectedRequest {
  readonly keyword: number | null;
  /** of the parts that are looked at */
  readonly bytes: number;
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
  sut: string;
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
  const { file, args } = SUTS.find(({ id }) => id === o.sut)!.command();
  const child = spawn(file, args, { env: { ...process.env, ...hook.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    hook.assertLive(child.pid!);
    const client = new Client(Number(/port=(\d+)/.exec(line.toString())?.[1]));
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
      const looked = lookedAt(request, keywords);
      const isRefused = o.action === 'block' && looked.keyword !== null;
      const notBeforeNs = process.hrtime.bigint();
      const answer = await client.ask(request.writes);
      expected.push({ ...looked, notBeforeNs, notAfterNs: process.hrtime.bigint() });
      if (answer !== (isRefused ? '' : ANSWER)) wrong.push(`request ${expected.length - 1} was answered: ${answer}`);
      if (draws.uniform() < 0.1) await client.abort(request.writes, kinds);
    }
    client.end();
    const disagreements = [...wrong.slice(0, 3), ...judged(hook, expected, child.pid!)];
    return { requests: expected.length, hits: hitsOf(expected), kinds, disagreements };
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await undo.run();
  }
}

/** The target, then each header's value in the order they were sent, then the body; each by itself. */
function lookedAt(
  { target, headers, body }: MadeRequest,
  keywords: readonly Buffer[],
): { keyword: number | null; bytes: number } {
  const head = [target, ...headers.map(([, value]) => value)];
  const found = [...head, body ?? Buffer.alloc(0)].map((part) => firstKeyword(keywords, part));
  // one byte between two parts of the head
  const bytes = head.reduce((sum, { length }) => sum + length + 1, -1) + (body?.length ?? 0);
  return { keyword: found.find((one) => one !== null) ?? null, bytes };
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

function isSame(
  read: HookRead | undefined,
  { keyword, notBeforeNs, notAfterNs }: ExpectedRequest,
  pid: number,
): boolean {
  return (
    read !== undefined &&
    read.keyword === keyword &&
    read.hit === (keyword !== null) &&
    [read.pid, read.fd].join() === [pid, -1].join() &&
    read.latencyNs > 0 &&
    read.atNs >= notBeforeNs &&
    read.atNs + BigInt(read.latencyNs) <= notAfterNs
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
  return expected.filter(({ keyword }) => keyword !== null).length;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
}
