// The judge is judged: the oracle on scripts whose answer can be said by hand, and every way in which a hook can be wrong.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HookRead } from '../../agent/mechanisms/mechanism.ts';
import { compareAttached, comparePlaced } from './compare.ts';
import { type Expectation, expectationOf } from './oracle.ts';
import { fnv1a } from './queue.ts';
import { assemble, DUPLICATE, MSG, type Op, READ, type Script, type StepResult } from './script.ts';
import { firstKeyword } from './search.ts';
import { shrink } from './shrink.ts';
import { accept, at, read, write } from './steps.ts';

const words = (...texts: string[]) => texts.map((text) => Buffer.from(text, 'latin1'));
const TASK = {
  functions: ['read'] as const,
  keywords: words('needle', 'edle', 'x'),
  windowBytes: null,
  blockErrno: null,
  followsFcntl: false,
  followsForks: true,
};

const judge = suite('the oracle');

judge('the match that ends first is the first; at the same end the one listed first', () => {
  const first = (text: string, ...list: string[]) => firstKeyword(words(...list), Buffer.from(text, 'latin1'));
  assert.is(first('a needle', 'needle', 'edle'), 0);
  assert.is(first('a needle', 'edle', 'needle'), 0);
  assert.is(first('abcd', 'abcd', 'bc'), 1);
  assert.is(first('abcd', 'bc', 'abcd'), 0);
  assert.is(first('he she', 'she', 'he'), 1);
  assert.is(first('\0\xff', 'z', '\xff'), 1);
  assert.is(first('needl', 'needle'), null);
  assert.is(firstKeyword(words('needle'), Buffer.from('a needle'), 7), null, 'ends behind the window');
  assert.is(firstKeyword(words('needle'), Buffer.from('a needle'), 8), 0);
});

/** results as a driver would give them: each step takes 10 ns, one after the other; what a read returns is given in turn */
function played(
  main: Op[],
  returned: (string | number)[],
): { script: Script; results: StepResult[]; expected: Expectation } {
  const script = assemble([{ name: 'test', main, sequences: [] }], Buffer.alloc(0));
  const given = [...returned];
  const results = script.ops.map((op, i) => {
    const value = op.code === 'R' ? given.shift()! : (op.data?.length ?? 0);
    const bytes = Buffer.from(typeof value === 'string' ? value : '', 'latin1');
    const [beforeNs, afterNs] = [BigInt(20 * i), BigInt(20 * i + 10)];
    const number = typeof value === 'string' ? bytes.length : value;
    return { done: true, value: number, error: 11, fd: 5, pid: 7, tid: 7, beforeNs, afterNs, hash: fnv1a(bytes) };
  });
  return { script, results, expected: expectationOf(script, results, TASK) };
}

const readsOf = ({ expected }: { expected: Expectation }) =>
  (expected.processes.get(7)?.reads ?? []).map(({ step }) => step);

judge('accepted sockets and their copies count; clients, copies by fcntl and what takes their place do not', () => {
  const data = Buffer.from('needle');
  const each = (slot: number) => [write(1, data), read(slot, 99)];
  const copy = (how: number): Op => ({ code: 'D', how, a: 2, b: 0 });
  const served = [
    accept(0),
    ...each(0),
    copy(DUPLICATE.dup2),
    ...each(2),
    at('C', 0),
    ...each(2),
    copy(DUPLICATE.fcntl),
  ];
  assert.equal(readsOf(played(served, ['needle', 'needle', 'needle'])), [2, 5, 8]);
  assert.equal(readsOf(played([accept(0), copy(DUPLICATE.fcntl), ...each(2)], ['needle'])), []);
  assert.equal(readsOf(played([accept(0), write(0, data), read(1, 99)], ['needle'])), []);
  assert.equal(readsOf(played([accept(0), at('C', 0), { code: 'p', a: 0, b: 1 }, ...each(0)], ['needle'])), []);
});

judge(
  'functions that were not asked for, and calls that only look, do not count; empty reads are counted apart',
  () => {
    const by = (how: number, b = 0): Op => ({ code: 'R', how, a: 0, b, size: 99 });
    const recv = played(
      [accept(0), write(1, Buffer.from('ab')), by(READ.recv, MSG.peek), by(READ.readv)],
      ['ab', 'ab'],
    );
    assert.equal([readsOf(recv), recv.expected.broken], [[], []]);
    const { processes } = played([accept(0), by(READ.read), by(READ.read), by(READ.recv)], [0, -1, -1]).expected;
    assert.equal([processes.get(7)!.eofs, processes.get(7)!.errors], [1, 1]);
  },
);

judge('bytes that were never sent are seen', () => {
  const { broken } = played([accept(0), write(1, Buffer.from('ab')), read(0, 9), read(0, 9)], ['ax', 'b']).expected;
  assert.equal(
    broken.map(({ step }) => step),
    [2, 3],
  );
});

const decider = { keywords: TASK.keywords, windowBytes: null, tellsKeyword: true, clockErrorNs: 0n };
const run = played(
  [accept(0), write(1, Buffer.from('needle')), read(0, 9), write(1, Buffer.from('ab')), read(0, 9)],
  ['needle', 'ab'],
);
const hit: HookRead & { bytes: number } = { atNs: 45n, latencyNs: 1, hit: true, pid: 7, fd: 5, keyword: 0, bytes: 6 };
const plain: typeof hit = { ...hit, atNs: 85n, hit: false, keyword: null, bytes: 2 };
const right = { counts: { reads: 2, bytes: 8, hits: 1 }, reads: [hit, plain], lost: 0, empty: { eofs: 0, errors: 0 } };

judge('a hook that is right agrees; each way of being wrong does not', () => {
  const problems = (found: Partial<typeof right>) => comparePlaced({ ...right, ...found }, run.expected, decider);
  assert.equal(problems({}), []);
  const wrong: Partial<typeof right>[] = [
    { reads: [hit] },
    { reads: [hit, plain, { ...plain, atNs: 95n }] },
    { reads: [{ ...hit, keyword: 1 }, plain] },
    { reads: [{ ...hit, hit: false, keyword: null }, plain] },
    { reads: [hit, { ...plain, bytes: 3 }] },
    { reads: [hit, { ...plain, fd: 6 }] },
    { reads: [hit, { ...plain, pid: 8 }] },
    { reads: [hit, { ...plain, atNs: 79n }] },
    { counts: { reads: 3, bytes: 8, hits: 1 } },
    { counts: { reads: 2, bytes: 9, hits: 1 } },
    { counts: { reads: 2, bytes: 8, hits: 0 } },
    { lost: 1 },
    { empty: { eofs: 1, errors: 0 } },
    { empty: { eofs: 0, errors: 1 } },
  ];
  for (const [i, found] of wrong.entries()) assert.ok(problems(found).length > 0, `wrong ${i}`);
  assert.is(problems({ reads: [{ ...hit, keyword: 1 }, plain] })[0]!.step, 2);
});

judge('a histogram must hold every read, and the reads past the window must be told', () => {
  const process = run.expected.processes.get(7)!;
  const found = { pid: 7, counts: right.counts, traces: null, lost: 0, cut: 1 };
  const latencies = (n: number) => ({ kind: 'histogram' as const, lowNs: [1], highNs: [1], counts: [n] });
  const short = { ...decider, windowBytes: 4, tellsKeyword: false };
  assert.equal(compareAttached({ ...found, latencies: latencies(2) }, process, short), []);
  assert.is(compareAttached({ ...found, latencies: latencies(1) }, process, short).length, 1);
  assert.is(compareAttached({ ...found, cut: 0, latencies: latencies(2) }, process, short).length, 1);
});

judge('a script is made as small as its disagreement allows', async () => {
  const ops = (from: number) => Array.from({ length: 9 }, (_, i) => read(from + i, 1));
  const scenes = [0, 10, 20, 30].map((from) => ({ name: String(from), main: ops(from), sequences: [ops(100 + from)] }));
  const has = (all: readonly Op[], a: number) => all.some((op) => op.a === a);
  const smallest = await shrink(
    { scenes, stale: Buffer.alloc(0) },
    async ({ scenes: some }) =>
      has(
        some.flatMap((s) => s.main),
        24,
      ) &&
      has(
        some.flatMap((s) => s.sequences.flat()),
        133,
      ),
    200,
  );
  const left = smallest.scenes.map(({ main, sequences }) => [
    main.map(({ a }) => a),
    sequences.flat().map(({ a }) => a),
  ]);
  assert.equal(left, [
    [[24], []],
    [[], [133]],
  ]);
});

judge.run();
