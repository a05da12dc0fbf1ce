import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import { PATHS } from '../../../agent/config.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { kernelCapabilities } from '../../../agent/mechanisms/bpf/capabilities.ts';
import { bpf } from '../../../agent/mechanisms/bpf/index.ts';
import { attachByLoader, BPF_WINDOW_BYTES } from '../../../agent/mechanisms/kernel-loader.ts';
import type { HookedFunction } from '../../../agent/mechanisms/mechanism.ts';
import { DEFAULT_KEYWORDS, ROOT } from '../../helpers/preload.ts';
import { needs } from '../../helpers/require.ts';
import { checkAll, NEVER, orderOf, startAttachedReader } from './attached-check.ts';

const hook = suite('agent/mechanisms bpf, attached for real');
const test = needs('ebpf', 'bpf-build') ? hook : hook.skip;
const PAPER_KEYWORDS = join(ROOT, '..', 'shared', 'paper', 'keywords.txt');

const dir = mkdtempSync(join(tmpdir(), 'hookbench-bpf-test-'));
const undo = new UndoStack(join(dir, 'journal'));
hook.before(() => {
  if (needs('bpf-build')) assert.is(spawnSync('make', ['-s', '-C', join(ROOT, 'hooks'), 'bpf']).status, 0);
});
hook.after(() => rmSync(dir, { recursive: true, force: true }));
hook.after.each(async () => {
  assert.equal(await undo.run(), []);
});

const order = (keywords: readonly Uint8Array[]) => orderOf(keywords, { undo, dir });
/** loaders that this process has started */
const loaders = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isOwnLoader(pid));
function isOwnLoader(pid: number): boolean {
  try {
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
    return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(PATHS.bpfLoader);
  } catch {
    return false;
  }
}
const wordsOf = (path: string) =>
  readFileSync(path, 'latin1')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'latin1'));

test('our own list: reads, bytes, hits and keywords are those of a naive search', async () => {
  const hook = await checkAll(bpf, order(wordsOf(DEFAULT_KEYWORDS)), { windowBytes: BPF_WINDOW_BYTES, seed: 1 });
  assert.match(hook.notes[0] ?? '', /attached as (fentry|tp_btf|raw_tp|tp)\b/);
});

if (!existsSync(PAPER_KEYWORDS)) process.stdout.write("SKIP: the paper's keywords are not beside this checkout\n");
(existsSync(PAPER_KEYWORDS) ? test : hook.skip)("the paper's list, which has words of two bytes", async () => {
  await checkAll(bpf, order(wordsOf(PAPER_KEYWORDS)), { windowBytes: BPF_WINDOW_BYTES, seed: 3 });
});

test('words of one byte and of 64, high bytes, words within words', async () => {
  const words = ['\x80', '\xff\xfe', 'ab', 'abc', '\x01\x02\x03', 'c'.repeat(64), 'cabc', '\xff\xff\xff\xff\x00'];
  const keywords = words.map((word) => Buffer.from(word, 'latin1'));
  await checkAll(bpf, order(keywords), { windowBytes: BPF_WINDOW_BYTES, seed: 4 });
});

async function countedBy(how: string, functions: readonly HookedFunction[] = ['read']) {
  const reader = await startAttachedReader(how);
  try {
    const words = [Buffer.from('nothing'), Buffer.from('needle')];
    const attached = await bpf.attach(orderOf(words, { undo, dir, functions }), [reader.pid], NEVER);
    const own = await reader.run();
    const [found] = await attached.detach();
    assert.is(found!.lost, 0);
    return { own, counts: found!.counts, cut: found!.cut, found: found! };
  } finally {
    reader.kill();
  }
}

for (const how of ['threads', 'crowd', 'edge', 'busy']) {
  test(`${how}: each read is counted once`, async () => {
    const { own, counts, found } = await countedBy(how);
    assert.ok(own.reads > 0 && own.hits > 0);
    assert.equal(counts, own);
    assert.ok(found.latencies.kind === 'reads');
    const { reads } = found.latencies;
    assert.is(reads.length, own.reads);
    assert.is(reads.filter(({ hit }) => hit).length, own.hits);
    assert.ok(reads.every(({ hit, keyword }) => keyword === (hit ? 1 : null)));
    if (how === 'threads') assert.ok(reads.some(({ fd }) => fd > 1100) && reads.some(({ fd }) => fd === 1001));
  });
}

test('reads past 4,096 bytes are scanned to there, and counted as cut', async () => {
  const { own, counts, cut } = await countedBy('long');
  assert.equal(counts, own);
  assert.is(cut, 40);
});

for (const name of ['recv', 'recvfrom', 'readv', 'recvmsg'] as const) {
  test(`${name} counts when it is asked for, and only then`, async () => {
    const asked = await countedBy(name, ['read', name]);
    assert.ok(asked.own.hits > 0);
    assert.equal(asked.counts, asked.own);
    assert.equal((await countedBy(name)).counts, { reads: 0, bytes: 0, hits: 0 });
  });
}

test('forms, each by itself: those that this kernel takes count the same', async () => {
  const taken: string[] = [];
  for (const form of ['fentry', 'tp_btf', 'raw_tp', 'tp']) {
    const reader = await startAttachedReader('readv');
    try {
      const words = [Buffer.from('needle')];
      const args = ['--form', form];
      const attached = await attachByLoader(orderOf(words, { undo, dir, functions: ['read', 'readv'] }), [reader.pid], {
        args,
        signal: NEVER,
        notes: () => [],
      }).catch((error: BenchError) => error);
      if (attached instanceof BenchError) {
        assert.match(attached.detail, new RegExp(`cannot (load|attach) .*${form === 'fentry' ? 'fentry' : 'never'}`));
        continue;
      }
      taken.push(form);
      const own = await reader.run();
      assert.equal([form, (await attached.detach())[0]!.counts], [form, own]);
    } finally {
      reader.kill();
    }
  }
  assert.ok(taken.includes('tp_btf') && taken.includes('raw_tp') && taken.includes('tp'), taken.join());
});

test('the verifier is at most half the way to its limit', async () => {
  const attached = await bpf.attach(order(wordsOf(DEFAULT_KEYWORDS)), [process.pid], NEVER);
  const verified = loaders().flatMap((pid) =>
    readdirSync(`/proc/${pid}/fdinfo`).map((fd) =>
      Number(/^verified_insns:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1] ?? 0),
    ),
  );
  await attached.detach();
  assert.ok(Math.max(...verified) > 10_000, 'the scan is among them');
  assert.ok(Math.max(...verified) < 500_000, `${Math.max(...verified)} of 1,000,000`);
});

test('killed while attached: it says so, there are no counts, and nothing stays in the kernel', async () => {
  const attached = await bpf.attach(order([Buffer.from('needle')]), [process.pid], NEVER);
  assert.is(loaders().length, 1);
  process.kill(loaders()[0]!, 'SIGKILL');
  while (attached.died() === null) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.match(attached.died()!, /SIGKILL/);
  const error = await attached.detach().catch((e: unknown) => e);
  assert.is((error as BenchError).code, 'probe-died');
  // the kernel frees programs and maps a moment later
  const left = () => spawnSync('bpftool', ['-j', 'prog', 'show'], { encoding: 'utf8' });
  const deadline = performance.now() + 10_000;
  while (/"enter"|"leave"/.test(left().stdout ?? '') && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  if (left().status === 0) assert.not.match(left().stdout, /"enter"|"leave"/);
});

test('cancelled while it attaches: nothing stays', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 20);
  const error = await bpf
    .attach(order(wordsOf(DEFAULT_KEYWORDS)), [process.pid], abort.signal)
    .catch((e: unknown) => e);
  assert.is((error as BenchError).code, 'cancelled');
  assert.equal(loaders(), []);
});

test("without the right to load programs: refused, with the kernel's words", () => {
  const args = ['--keywords', DEFAULT_KEYWORDS, '--watch', '1'];
  const setpriv = [
    '--reuid=65534',
    '--clear-groups',
    '--bounding-set=-all',
    '--inh-caps=-all',
    PATHS.bpfLoader,
    ...args,
  ];
  const { status, stdout, stderr } = spawnSync('setpriv', setpriv, { encoding: 'utf8' });
  assert.is(status, 1);
  assert.match(stdout, /^refused tp_btf: cannot load tp_btf: Operation not permitted$/m);
  assert.match(stderr, /not attached/);
});

test('arguments that are not what they should be are refused', () => {
  const fine = ['--keywords', DEFAULT_KEYWORDS, '--watch', '1'];
  const wrong: readonly (readonly string[])[] = [
    [],
    ['--watch', '1'],
    ['--keywords', DEFAULT_KEYWORDS],
    [...fine, '--watch', '1'],
    [...fine, '--watch', '0'],
    [...fine, '--watch', '-5'],
    [...fine, '--watch', '99999999'],
    [...fine, '--watch', '1x'],
    [...fine, '--level', 'most'],
    [...fine, '--form', 'kprobe'],
    [...fine, '--functions', 'read,write'],
    [...fine, '--functions', ''],
    [...fine, '--canary', '77'],
    [...fine, '--form', 'uprobe'],
    [...fine, '--form', 'uprobe', '--site', '1:enter_read:entry:12'],
    [...fine, '--form', 'uprobe', '--site', '1:enter_read:between:12:/bin/true'],
    [...fine, 'more'],
    [...fine, ...Array.from({ length: 70 }, (_, i) => ['--watch', String(i + 2)]).flat()],
  ];
  for (const args of wrong) {
    const { status, stderr } = spawnSync(PATHS.bpfLoader, args, { encoding: 'utf8', input: '' });
    assert.is(status, 2, args.join(' '));
    assert.match(stderr, /^hookbench-bpf: .*\nusage: /);
  }
});

test('capabilities: each way of blocking is answered for by the kernel', async () => {
  const answers = await kernelCapabilities();
  assert.equal(
    answers.map(({ id }) => id),
    ['send_signal', 'sk_skb_verdict', 'override_return', 'lsm', 'fmod_ret'],
  );
  for (const { support, found } of answers) {
    if (support === 'refused') assert.match(found, /^(load|attach): \w/);
  }
  assert.ok(answers.some(({ support }) => support === 'supported'));
});

test('doctor: supported, and in which form', async () => {
  const answer = await bpf.probe();
  assert.is(answer.support, 'supported');
  assert.match(answer.found, /form (fentry|tp_btf|raw_tp|tp)/);
});

hook.run();
