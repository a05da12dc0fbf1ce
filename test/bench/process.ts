/** A running test/fixtures/bench_read.c: one line asked, one line answered. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compile } from '../helpers/preload.ts';

export interface Case {
  readonly transport: 'local' | 'tcp';
  readonly bytes: number;
  readonly hit: boolean;
}

/** latencies of the reads of one slice */
export interface Slice {
  /** mean of the middle half: as steady as the median, and finer than a coarse counter */
  readonly middleNs: number;
  /** without the slowest 1 % */
  readonly meanNs: number;
}

export interface BenchProcess {
  readonly pid: number;
  /** reads made so far, and those with a keyword: what a hook must have seen */
  readonly made: { reads: number; hits: number };
  read(of: Case, reads: number): Promise<Slice>;
  /** what is read */
  request(of: Case): Promise<Buffer>;
  /** New connections: a probe knows only those accepted after it was attached. */
  connect(): Promise<void>;
  /** getppid() and getuid(), for a probe to say that it is live */
  poke(): Promise<void>;
  end(): Promise<void>;
}

let program: string | undefined;

/** @param core logical CPU it is bound to; null for none */
export async function startBenchProcess(
  env: Readonly<Record<string, string>>,
  core: number | null,
): Promise<BenchProcess> {
  program ??= compile('bench_read', '-Wshadow');
  // bound first and hooked after: a wrapper that is hooked itself would take the library's place
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = [...(core === null ? [] : ['taskset', '-c', String(core)]), 'env', ...variables, program];
  const child = spawn(words[0]!, words.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = once(child, 'close');
  const next = async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`bench_read ended: ${said}`);
    return line.value;
  };
  const ask = (command: string) => {
    child.stdin.write(`${command}\n`);
    return next();
  };
  const expectOk = async (command: string) => {
    const answer = await ask(command);
    if (answer !== 'ok') throw new Error(`bench_read answered '${answer}' to ${command}`);
  };
  await next();
  const made = { reads: 0, hits: 0 };
  return {
    pid: child.pid ?? 0,
    made,
    request: async ({ bytes, hit }) => Buffer.from(await ask(`request ${bytes} ${hit ? 1 : 0}`), 'hex'),
    connect: () => expectOk('connect'),
    poke: () => expectOk('poke'),
    async read({ transport, bytes, hit }, reads) {
      const answer = await ask(`read ${transport} ${bytes} ${hit ? 1 : 0} ${reads}`);
      const [middleNs, meanNs] = answer.split(' ').map(Number);
      if (!(middleNs! > 0 && meanNs! > 0)) throw new Error(`bench_read answered '${answer}'`);
      made.reads += reads;
      made.hits += hit ? reads : 0;
      return { middleNs: middleNs!, meanNs: meanNs! };
    },
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}
