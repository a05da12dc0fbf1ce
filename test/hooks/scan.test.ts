import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../helpers/preload.ts';

/** The scan that the library and the kernel program share, held against a naive search in test/fixtures/scan_check.c. */
const scan = suite('hooks/scan');
const dir = mkdtempSync(join(tmpdir(), 'hookbench-scan-test-'));
scan.after(() => rmSync(dir, { recursive: true, force: true }));

const SOURCES = ['test/fixtures/scan_check.c', ...['ac', 'keywords', 'pairs'].map((name) => `hooks/scan/${name}.c`)];

function build(name: string, ...flags: readonly string[]): string {
  const out = join(dir, name);
  const sources = SOURCES.map((path) => join(ROOT, path));
  const warnings = ['-Wall', '-Wextra', '-Werror', '-Wshadow'];
  const { status, stderr } = spawnSync('cc', ['-O2', '-g', ...warnings, ...flags, '-o', out, ...sources], {
    encoding: 'utf8',
  });
  assert.is(`${status} ${stderr}`, '0 ');
  return out;
}

function compared(program: string, seed: number, lists: number): { texts: number; hits: number } {
  const { status, stdout, stderr } = spawnSync(program, [String(seed), String(lists), '300'], { encoding: 'utf8' });
  assert.is(`${status} ${stderr}`, '0 ');
  const [texts = 0, hits = 0] = (/^(\d+) texts, (\d+) hits$/m.exec(stdout) ?? []).slice(1).map(Number);
  return { texts, hits };
}

scan('600,000 texts over 2,000 word lists: the keyword that a naive search finds', () => {
  const { texts, hits } = compared(build('scan'), 1, 2000);
  assert.is(texts, 600_000);
  assert.ok(hits > 50_000 && texts - hits > 50_000, `${hits} hits`);
});

scan('under AddressSanitizer and UBSan: nothing outside the text is read', () => {
  const { texts } = compared(build('sanitized', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'), 2, 300);
  assert.is(texts, 90_000);
});

scan.run();
