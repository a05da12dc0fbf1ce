import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import { BPFTRACE_TRACES } from '../../../agent/config.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { attachBpftrace } from '../../../agent/mechanisms/bpftrace/attach.ts';
import { WINDOW_BYTES } from '../../../agent/mechanisms/bpftrace/script.ts';
import type { Action, HookOrder } from '../../../agent/mechanisms/mechanism.ts';
import { histogramOf } from '../../helpers/findings.ts';
import { DEFAULT_KEYWORDS, ROOT } from '../../helpers/preload.ts';
import { random } from '../../helpers/random.ts';
import { needs } from '../../helpers/require.ts';
import { ReadScript, startScriptedReader } from '../../helpers/scripted-reads.ts';
import { readCases } from './read-cases.ts';

const hook = suite('agent/mechanisms bpftrace, attached for real');
const test = needs('ebpf') ? hook : hook.skip;
const PAPER_KEYWORDS = join(ROOT, '..', 'shared', 'paper', 'keywords.txt');
const NEVER = new AbortController().signal;

const dir = mkdtempSync(join(tmpdir(), 'hookbench-bpftrace-test-'));
const undo = new UndoStack(join(dir, 'journal'));
hook.after(() => rmSync(dir, { recursive: true, force: true }));
hook.after.each(async () => {
  assert.equal(await undo.run(), []);
  assert.equal(bpftraceProcesses(), []);
});

function orderOf(keywords: readonly Uint8Array[], action: Action = 'observe'): HookOrder {
  const pinning = { cores: [0], load: null, sut: null, text: '' };
  return { keywords, action, functions: ['read'], host: { pinning, undo }, dir, mostReads: 1 };
}

/** those started below this process */
function bpftraceProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '))
    .filter((command) => command.startsWith('bpftrace') && command.includes(dir));
}

function bpftracePid(): number {
  return Number(execFileSync('pgrep', ['-f', `bpftrace .*${dir}`], { encoding: 'utf8' }).split('\n')[0]);
}

/** the most that the verifier followed of one program this process holds */
function verifiedInstructions(pid: number): number {
  const infos = readdirSync(`/proc/${pid}/fdinfo`).map((fd) => read(`/proc/${pid}/fdinfo/${fd}`));
  return Math.max(...infos.map((info) => Number(/^verified_insns:\s*(\d+)$/m.exec(info)?.[1] ?? 0)));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function wordsOf(path: string): Buffer[] {
  const lines = readFileSync(path, 'latin1').split(/\r?\n/);
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'latin1'));
}

/** Words of one byte and of 64, of bytes from 0x80 up, alike in their first 8 and 16 bytes. */
function hostileWords(): Buffer[] {
  const { uniform } = random(64);
  const high = (n: number) => Buffer.from(Array.from({ length: n }, () => 0x90 + Math.floor(uniform() * 0x60)));
  const long = high(64);
  const other = Buffer.from(long);
  other[63] = 0x90 + ((other[63]! - 0x8f) % 0x60);
  const lengths = [2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 23, 24, 25, 31, 33, 63, 64];
  const alike = [8, 9, 17].map((n) => Buffer.concat([long.subarray(0, n), Buffer.from([0x95, 0x81])]));
  return [
    long,
    other,
    ...lengths.map(high),
    ...alike,
    Buffer.from([0x80]),
    Buffer.from([0x03]),
    Buffer.from([0x8a, 0xff]),
    Buffer.alloc(64, 0xff),
  ];
}

/** All cases at once, each in a process of its own, so that one attach checks them all and each one separately. */
async function checkAll(keywords: readonly Buffer[], seed: number): Promise<void> {
  const cases = [...readCases({ keywords, windowBytes: WINDOW_BYTES, random: random(seed) })];
  const readers = await Promise.all(cases.map(() => startScriptedReader()));
  try {
    const attached = await attachBpftrace(
      orderOf(keywords),
      readers.map(({ pid }) => pid),
      NEVER,
    );
    assert.ok(attached.attachMs > 0);
    assert.is(attached.died(), null);
    const results = await Promise.all(readers.map((reader, i) => reader.run(cases[i]![1])));
    const findings = await attached.detach();
    for (const [i, [name, script]] of cases.entries()) {
      assert.equal(results[i], script.results, `${name}: what the reads returned`);
      const found = findings[i]!;
      assert.equal({ name, ...found.counts }, { name, ...script.expected });
      assert.ok(script.expected.hits > 0, `${name} has hits`);
      assert.is(found.lost, 0);
      assert.is(
        histogramOf(found).counts.reduce((sum, n) => sum + n, 0),
        script.expected.reads,
      );
      for (const [k, low] of histogramOf(found).lowNs.entries()) {
        assert.ok(low <= histogramOf(found).highNs[k]!);
        assert.ok(k === 0 || low > histogramOf(found).highNs[k - 1]!);
      }
    }
  } finally {
    for (const reader of readers) reader.kill();
  }
}

test('our own list: reads, bytes and hits are those of a naive search', () => checkAll(wordsOf(DEFAULT_KEYWORDS), 1));

test('words of 1 and 64 bytes, of high bytes, alike in their beginnings', () => checkAll(hostileWords(), 2));

if (!existsSync(PAPER_KEYWORDS)) process.stdout.write("SKIP: the paper's keywords are not beside this checkout\n");
(existsSync(PAPER_KEYWORDS) ? test : hook.skip)("the paper's list", () => checkAll(wordsOf(PAPER_KEYWORDS), 3));

for (const action of ['observe', 'trace'] as const) {
  test(`${action}: our own list takes the verifier at most half the way to its limit: room for other compilers and lists`, async () => {
    const reader = await startScriptedReader();
    try {
      const attached = await attachBpftrace(orderOf(wordsOf(DEFAULT_KEYWORDS), action), [reader.pid], NEVER);
      const verified = verifiedInstructions(bpftracePid());
      await attached.detach();
      assert.ok(verified > 10_000, `${verified}: the scan is among them`);
      assert.ok(verified < 500_000, `${verified} of 1,000,000`);
    } finally {
      reader.kill();
    }
  });
}

test('trace: each match with its process, descriptor and keyword as a naive search has it; above the bound they are counted', () =>
  traced(3));

async function traced(tries: number): Promise<void> {
  const keywords = wordsOf(DEFAULT_KEYWORDS);
  const reader = await startScriptedReader();
  try {
    const attached = await attachBpftrace(orderOf(keywords, 'trace'), [reader.pid], NEVER);
    const script = new ReadScript(keywords, WINDOW_BYTES);
    script.accept(0);
    const picked = Array.from({ length: BPFTRACE_TRACES + 6 }, (_, i) => (i * 7) % keywords.length);
    for (const [i, index] of picked.entries()) {
      // at every place in an aligned word, and once behind a stale tail
      script.pass(0, Buffer.concat([Buffer.alloc(i % 11, 0x01), keywords[index]!, Buffer.alloc(i % 3, 0x02)]));
      script.pass(0, Buffer.from([0x01, 0x02]));
    }
    await reader.run(script);
    const [found] = await attached.detach();
    const { matches, dropped } = found!.traces!;
    assert.is(found!.counts.hits, picked.length);
    assert.is(dropped, picked.length - matches.length);
    // what bpftrace has not taken from the kernel when it is told to end is lost, and counted: seldom, so not twice in a row
    if (matches.length < BPFTRACE_TRACES && tries > 1) return traced(tries - 1);
    assert.is(matches.length, BPFTRACE_TRACES);
    const ends = (read: Buffer, word: Buffer) => (read.includes(word) ? read.indexOf(word) + word.length : Infinity);
    for (const [i, match] of matches.entries()) {
      const read = keywords[picked[i]!]!;
      const first = Math.min(...keywords.map((word) => ends(read, word)));
      assert.is(
        match.keyword,
        keywords.findIndex((word) => ends(read, word) === first),
        read.toString(),
      );
      assert.is(match.pid, reader.pid);
      assert.ok(match.fd > 2 && match.hit && match.latencyNs > 0);
      assert.ok(i === 0 || match.atNs > matches[i - 1]!.atNs);
    }
  } finally {
    reader.kill();
  }
}

test('killed while attached: it says so, and there are no counts', async () => {
  const reader = await startScriptedReader();
  try {
    const attached = await attachBpftrace(orderOf([Buffer.from('needle')]), [reader.pid], NEVER);
    process.kill(bpftracePid(), 'SIGKILL');
    while (attached.died() === null) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(attached.died()!, /signal 9/);
    await attached.detach().then(
      () => assert.unreachable(),
      (error: unknown) => assert.is((error as BenchError).code, 'probe-died'),
    );
  } finally {
    reader.kill();
  }
});

/** Kills `pid` in the moment in which it has done its work and is about to end. bpftrace prints nothing before all its probes are attached.
 * @returns when that is armed, and then how to be rid of it */
async function armKillAtItsEnd(pid: number): Promise<() => Promise<void>> {
  const script = `tracepoint:syscalls:sys_enter_exit_group /pid == ${pid}/ { signal("KILL"); } BEGIN { printf("armed\\n"); }`;
  const killer = spawn('bpftrace', ['--unsafe', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(killer, 'close');
  for await (const chunk of killer.stdout) if (String(chunk).includes('armed')) break;
  return async () => {
    killer.kill('SIGKILL');
    await ended;
  };
}

test('killed when all its maps are printed and it has not ended: there are no counts, and it says why', async () => {
  const reader = await startScriptedReader();
  try {
    const attached = await attachBpftrace(orderOf([Buffer.from('needle')]), [reader.pid], NEVER);
    const disarm = await armKillAtItsEnd(bpftracePid());
    const error = await attached
      .detach()
      .catch((e: unknown) => e)
      .finally(disarm);
    assert.instance(error, BenchError);
    assert.is((error as BenchError).code, 'probe-died');
    assert.match((error as BenchError).message, /signal 9/);
    const outputs = readdirSync(dir).filter((name) => /^bpftrace-\d+\.json$/.test(name));
    const newest = Math.max(...outputs.map((name) => Number(name.replace(/\D/g, ''))));
    assert.match(read(join(dir, `bpftrace-${newest}.json`)), /"@n"/, 'all it had to say is there');
  } finally {
    reader.kill();
  }
});

test('cancelled while it attaches: nothing stays', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  const error = await attachBpftrace(orderOf(wordsOf(DEFAULT_KEYWORDS)), [process.pid], abort.signal).catch(
    (e: unknown) => e,
  );
  assert.instance(error, BenchError);
  assert.is((error as BenchError).code, 'cancelled');
});

test('more keywords than the kernel takes in the longest window: a shorter one loads, and says so', async () => {
  const words = Array.from({ length: 700 }, (_, i) =>
    Buffer.from([1 + (i % 200), 1 + Math.floor(i / 200), 0xf0, 0xf1]),
  );
  const hook = await attachBpftrace(orderOf(words), [process.pid], NEVER);
  assert.match(hook.notes[0] ?? '', /scans the first (128|96|64) bytes of each read for 700 of 700 keywords/);
  assert.is((await hook.detach()).length, 1);
});

test('a target that is gone, and one that never reads, count nothing', async () => {
  const [reader, silent] = [await startScriptedReader(), await startScriptedReader()];
  silent.kill();
  const attached = await attachBpftrace(orderOf([Buffer.from('needle')]), [reader.pid, silent.pid], NEVER);
  const script = new ReadScript([Buffer.from('needle')], WINDOW_BYTES);
  script.accept(0);
  script.pass(0, Buffer.from('a needle'));
  await reader.run(script);
  const [first, second] = await attached.detach();
  assert.equal([first?.counts, second?.counts], [script.expected, { reads: 0, bytes: 0, hits: 0 }]);
  assert.equal(histogramOf(second), { lowNs: [], highNs: [], counts: [] });
});

hook.run();
