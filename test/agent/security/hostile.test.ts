/** Assignments of a controller that has been taken over: nothing of them may become a program, a script, an argument or a path. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATHS } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { hookScript } from '../../../agent/mechanisms/bpftrace/script.ts';
import { runAssignment } from '../../../agent/session/session.ts';
import type { Assignment, RecordBody } from '../../../proto/index.ts';

const hostile = suite('agent/security hostile assignments');
const dir = mkdtempSync(join(tmpdir(), 'hookbench-hostile-'));
const mark = join(dir, 'executed');
hostile.after(() => rmSync(dir, { recursive: true, force: true }));

const WORDS = [
  `$(touch ${mark})`,
  `; touch ${mark}`,
  `\`touch ${mark}\``,
  '../../../../bin/sh',
  '/bin/sh',
  '-rf',
  '__proto__',
  'constructor',
  '',
  'node-hello\0',
  'x'.repeat(100_000),
];
const slice = { sut: 'node-hello', order: Uint8Array.of(0), arm: 0, settle: 0, phase: 'unspecified' } as const;
const step = { index: 0, block: 0, phase: 'measure', design: 'alternated', attach: '', slices: [slice] } as const;
const instance = { id: 0, sut: 'node-hello', mechanism: 'none', arm: 0, design: 'alternated' } as const;
const good: Assignment = {
  ...{ studyId: 's', assignmentId: 's/a/process/0', fork: 0, condition: 'process', action: 'observe' },
  ...{ blockErrno: '', functions: ['read'], keywords: [Buffer.from('needle')], requestBytes: 88 },
  ...{ instances: [instance], steps: [{ ...step, slices: [slice] }] },
};

const PLACES: Readonly<Record<string, (word: string) => Assignment>> = {
  condition: (condition) => ({ ...good, condition }),
  action: (action) => ({ ...good, action }),
  function: (name) => ({ ...good, blockErrno: '', functions: [name] }),
  sut: (sut) => ({ ...good, instances: [{ ...instance, sut }], steps: [{ ...step, slices: [{ ...slice, sut }] }] }),
  mechanism: (mechanism) => ({ ...good, instances: [{ ...instance, mechanism }] }),
  attach: (attach) => ({ ...good, steps: [{ ...step, attach: attach === '' ? '?' : attach, slices: [slice] }] }),
  study: (studyId) => ({ ...good, studyId: studyId === '' ? '' : `${studyId} ` }),
  assignment: (assignmentId) => ({ ...good, assignmentId: assignmentId === '' ? '' : `${assignmentId} ` }),
};

for (const [place, assignment] of Object.entries(PLACES)) {
  hostile(`a ${place} that is none is refused before anything is started`, async () => {
    for (const word of WORDS) {
      const sent: RecordBody[] = [];
      const sink = {
        send: (body: RecordBody) => void sent.push(body),
        progress: () => undefined,
        takeDropped: () => 0,
      };
      const before = children();
      await runAssignment(assignment(word), { pinning: pinningOf(), sink, signal: new AbortController().signal });
      const end = sent.at(-1);
      assert.ok(end?.body === 'end' && end.end.status === 'failed' && end.end.code === 'usage', word.slice(0, 40));
      assert.ok(end.end.message.length < 500, 'the refusal does not repeat all of it');
      assert.equal(children(), before);
    }
    assert.not.ok(existsSync(mark));
  });
}

hostile('no byte of a keyword is in the script for bpftrace', () => {
  const template = readFileSync(PATHS.bpftraceTemplate, 'utf8');
  const word = Buffer.from('") { system("QQZZ"); } //');
  const { text } = hookScript(template, { keywords: [word], targets: 1, windowBytes: 128, trace: false });
  assert.not.match(text, /QQZZ|system\s*\(/);
});

function children(): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
  } catch {
    return 0;
  }
}

hostile.run();
