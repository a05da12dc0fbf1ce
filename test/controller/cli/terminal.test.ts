/** Width, colours and progress as a terminal and a pipe get them; the last tests ask a real pseudo-terminal. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from 'node-pty';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StudyProgressLine } from '../../../controller/cli/progress.ts';
import { terminal } from '../../../controller/cli/terminal.ts';
import { runCli } from '../../helpers/cli.ts';
import { random } from '../../helpers/random.ts';

const CLI = fileURLToPath(new URL('../../../controller/cli/hookbench.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'hookbench-test-terminal-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const ESCAPE = '\u001b';

const test = suite('cli/terminal');

test('colours: only a terminal that has them, unless the environment says otherwise', () => {
  const tty = { isTTY: true, columns: 100 };
  const pipe = { isTTY: false, columns: 0 };
  const cases = [
    [tty, {}, true],
    [pipe, {}, false],
    [tty, { NO_COLOR: '1' }, false],
    [tty, { NO_COLOR: '' }, true],
    [pipe, { FORCE_COLOR: '1' }, true],
    [tty, { FORCE_COLOR: '0' }, false],
    [tty, { FORCE_COLOR: 'false' }, false],
    [pipe, { FORCE_COLOR: '' }, false],
    [tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [tty, { TERM: 'dumb' }, false],
  ] as const;
  for (const [to, env, color] of cases) assert.is(terminal(to, env).color, color, JSON.stringify([to, env]));
});

test('width: of the terminal, of COLUMNS in a pipe, else 80', () => {
  assert.is(terminal({ isTTY: true, columns: 132 }, { COLUMNS: '50' }).columns, 132);
  assert.is(terminal({ isTTY: true, columns: 0 }, {}).columns, 80);
  assert.is(terminal({ isTTY: false, columns: 0 }, { COLUMNS: '120' }).columns, 120);
  assert.is(terminal({ isTTY: false, columns: 0 }, { COLUMNS: 'wide' }).columns, 80);
});

/** what a study's progress writes to a stream of this kind; a second passes with each event */
function progressOn(o: { isTTY: boolean; columns?: number; quiet?: boolean; events: number }): string[] {
  const written: string[] = [];
  let now = 0;
  const to = { isTTY: o.isTTY, columns: o.columns ?? 80, write: (text: string) => written.push(text) > 0 };
  const line = new StudyProgressLine({ quiet: o.quiet === true, to, nowMs: () => now });
  const planned = {
    studyId: 'x',
    dir: '',
    seed: 1,
    forks: 6,
    steps: 100,
    mechanisms: ['none', 'bpf'],
    suts: ['java-hello'],
  };
  line.event({ body: 'planned', planned });
  for (let i = 1; i <= o.events; i++) {
    now = i * 1000;
    const progress = {
      doneSteps: i,
      totalSteps: 100,
      samples: 1234 * i,
      text: 'fork 2: measuring with bpf: java-hello',
    };
    line.event({ body: 'progress', progress });
  }
  line.end();
  return written;
}

test('progress on a terminal: one line, rewritten, cut to the width and cleared at the end', () => {
  const [head = '', ...rest] = progressOn({ isTTY: true, columns: 60, events: 20 });
  assert.match(head, /^hookbench: study x: .*\n$/);
  assert.is(rest.at(-1), `\r${ESCAPE}[K`);
  const lines = rest.slice(0, -1);
  assert.is(lines.length, 20);
  for (const line of lines) {
    assert.ok(line.startsWith(`\r${ESCAPE}[K`) && !line.includes('\n'));
    assert.ok(stripVTControlCharacters(line).trim().length < 60);
  }
  assert.match(lines.at(-1) ?? '', / 20 % 0:20, 1:20 left · fork 2 of 6: measuring with bpf/);
});

test('progress elsewhere: a line every 10 s with time left and arm, no control sequence', () => {
  const [, ...lines] = progressOn({ isTTY: false, events: 35 });
  assert.is(lines.length, 4);
  for (const line of lines) assert.match(line, /^hookbench: [^\u001b\r]*\n$/);
  assert.is(
    lines[1],
    'hookbench:  11 % 0:11, 1:29 left · fork 2 of 6: measuring with bpf: java-hello · 13,574 samples\n',
  );
});

test('quiet: nothing at all', () => {
  assert.equal(progressOn({ isTTY: true, events: 5, quiet: true }), []);
});

/** two runs one after the other, as Locust writes them */
function csv(name: string, baseMs: number, seed: number): string {
  const draw = random(seed);
  const rows = Array.from(
    { length: 400 },
    (_, i) => `${1_700_000_000 + i * 0.01},${(baseMs + 0.05 * draw.uniform()).toFixed(4)}`,
  );
  const path = join(dir, name);
  writeFileSync(path, `start_time,response_time\n${rows.join('\n')}\n`);
  return path;
}
const ARGS = ['analyze', '--baseline', csv('a.csv', 1, 1), '--treated', csv('b.csv', 1.2, 2)];

function inPty(columns: number, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [CLI, ...ARGS], {
    cols: columns,
    rows: 40,
    env: { ...inherited, TERM: 'xterm', ...env },
  });
  let text = '';
  child.onData((data) => {
    text += data;
  });
  return new Promise((resolve) => child.onExit(() => resolve(text)));
}

const widest = (text: string) =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split(/\r?\n/)
      .map((line) => [...line].length),
  );

test('in a real terminal the output fits it at any width, and is coloured', async () => {
  for (const columns of [60, 80, 120, 200]) {
    const text = await inPty(columns);
    assert.match(stripVTControlCharacters(text), /ld-preload|treated|Found/);
    assert.ok(widest(text) <= columns, `${widest(text)} of ${columns}`);
    assert.ok(text.includes(`${ESCAPE}[`), `${columns} columns without colour`);
  }
  assert.not.ok((await inPty(80, { NO_COLOR: '1' })).includes(`${ESCAPE}[`));
});

test('in a pipe: 80 columns, no colour; --quiet is one line', async () => {
  const plain = await runCli(ARGS, { env: { NO_COLOR: '', FORCE_COLOR: '', COLUMNS: '' } });
  assert.is(plain.exitCode, 0, plain.stderr);
  assert.ok(widest(plain.stdout) <= 80);
  assert.not.ok(plain.stdout.includes(ESCAPE));
  const forced = await runCli(ARGS, { env: { NO_COLOR: '', FORCE_COLOR: '1' } });
  assert.ok(forced.stdout.includes(`${ESCAPE}[`));
  const quiet = await runCli([...ARGS, '--quiet']);
  assert.is(quiet.stdout.trimEnd().split('\n').length, 1);
  assert.is(quiet.stderr, '');
});

test.run();
