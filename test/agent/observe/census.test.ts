/** The census of reads with the real bpftrace: exact counts of a program that reads a known number of times. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UndoStack } from '../../../agent/host/undo.ts';
import { takeCensus } from '../../../agent/observe/census.ts';
import { censusScript, countsOf } from '../../../agent/observe/census-script.ts';
import { compile } from '../../helpers/preload.ts';
import { needs } from '../../helpers/require.ts';

const census = suite('observe: census');
const dir = mkdtempSync(join(tmpdir(), 'hookbench-census-'));
census.after(() => rmSync(dir, { recursive: true, force: true }));

function undoStack(): UndoStack {
  return new UndoStack(join(dir, 'journal'));
}

census('counts each call by what its descriptor was, to the byte', async () => {
  if (!needs('ebpf')) return;
  const reader = spawn(compile('census_reads'), { stdio: ['ignore', 'pipe', 'inherit'] });
  const undo = undoStack();
  try {
    await once(reader.stdout, 'data');
    const work = async () => {
      const done = once(reader.stdout, 'data');
      reader.kill('SIGUSR1');
      assert.is(String((await done)[0]), 'done\n');
    };
    const found = await takeCensus([process.pid + 2 ** 22, reader.pid!], work, {
      dir,
      undo,
      signal: new AbortController().signal,
    });
    assert.not('missing' in found, JSON.stringify(found));
    if ('missing' in found) return;
    const counts = found.counts
      .get(reader.pid!)!
      .map(({ call, kind, calls, bytes }) => `${call} ${kind} ${calls} ${bytes}`);
    assert.equal(counts.sort(), [
      'pread64 file 1 50',
      'read device 2 16',
      'read file 3 300',
      'read other 2 8',
      'read pipe 5 20',
      'read socket 13 76',
      'readv socket 2 60',
      'recvfrom socket 4 80',
    ]);
    assert.equal(found.counts.get(process.pid + 2 ** 22), [], 'no process, no calls');
    assert.equal(await undo.run(), []);
    assert.equal(readdirSync(join(dir, 'journal')), []);
  } finally {
    reader.kill('SIGKILL');
  }
});

census('work that fails, and a run that is cancelled, are a reason and leave nothing running', async () => {
  if (!needs('ebpf')) return;
  const signal = new AbortController().signal;
  const failing = () => Promise.reject(new Error('the SUT\ndied'));
  assert.equal(await takeCensus([process.pid], failing, { dir, undo: undoStack(), signal }), {
    missing: 'the SUT?died',
  });
  let ran = false;
  const work = async () => {
    ran = true;
  };
  const cancelled = await takeCensus([process.pid], work, { dir, undo: undoStack(), signal: AbortSignal.abort() });
  assert.equal(cancelled, { missing: 'the run was cancelled' });
  assert.not(ran);
  assert.not(
    readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && isCensus(pid)),
    'a bpftrace still runs',
  );
});

census('without bpftrace on the path there is a reason', async () => {
  if (!needs('ebpf')) return;
  const { PATH } = process.env;
  process.env.PATH = dir;
  try {
    const found = await takeCensus([process.pid], async () => undefined, {
      dir,
      undo: undoStack(),
      signal: new AbortController().signal,
    });
    assert.ok('missing' in found && found.missing !== '', JSON.stringify(found));
  } finally {
    process.env.PATH = PATH;
  }
});

census('keys that are not ours are passed over; a ring brings no bytes', () => {
  const calls = new Map([
    ['7,0,12', 3],
    ['7, 0, 8', 2],
    ['7,0,4', 1],
    ['7,426,0', 5],
    ['7,999,12', 9],
    ['8,0,12', 9],
    ['', 9],
  ]);
  const bytes = new Map([
    ['7,0,12', 30],
    ['7,426,0', 7],
  ]);
  const maps = new Map([
    ['calls', calls],
    ['bytes', bytes],
  ]);
  assert.equal(countsOf({ maps, lostEvents: 0 }, 7, 'x64'), [
    { call: 'io_uring_enter', kind: 'other', calls: 5, bytes: 0 },
    { call: 'read', kind: 'socket', calls: 3, bytes: 30 },
    { call: 'read', kind: 'file', calls: 3, bytes: 0 },
  ]);
  assert.equal(countsOf({ maps: new Map(), lostEvents: 0 }, 7, 'x64'), []);
  assert.is(censusScript(1, 'mips'), null);
});

function isCensus(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(dir, 'read_census.bt'));
  } catch {
    return false; // it has ended
  }
}

census.run();
