import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleCli } from '../../../controller/cli/bundle.ts';
import { freshEntry, MANIFEST } from '../../../controller/cli/bundle-manifest.js';

// within the project, for the packages that the bundle leaves out are looked up from where it lies
const build = fileURLToPath(new URL('../../../build/', import.meta.url));
mkdirSync(build, { recursive: true });
const dir = mkdtempSync(join(build, 'test-bundle-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const test = suite('cli: the bundle');

/** the sources through tsx, whatever bundle there is */
const SOURCES = ['--import', 'tsx', 'controller/cli/main.ts'];

function run(args: readonly string[]) {
  const { exitCode, stdout, stderr } = execaSync(process.execPath, args, { reject: false });
  return { exitCode, stdout: stdout.replace(/"command": .*/, ''), stderr };
}

test('the bundle answers as the sources do, failures included', async () => {
  await bundleCli(dir);
  const entry = freshEntry(dir, 'cli');
  assert.ok(entry);
  const csv = (name: string, plus: number) => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${plus + ((i * 7919) % 101) / 1000}`);
    writeFileSync(join(dir, name), `start_time,response_time\n${rows.join('\n')}\n`);
    return join(dir, name);
  };
  const pair = ['--baseline', csv('a.csv', 1), '--treated', csv('b.csv', 2)];
  for (const words of [
    ['analyze', ...pair],
    ['run', '--help'],
    ['analyze', dir],
  ]) {
    assert.equal(run([entry, ...words]), run([...SOURCES, ...words]), words.join(' '));
  }
});

test('the daemons are in it', () => {
  for (const name of ['agent', 'controller'] as const) {
    const entry = freshEntry(dir, name);
    assert.ok(entry);
    const sources = ['--import', 'tsx', name === 'agent' ? 'agent/main.ts' : 'controller/main.ts'];
    for (const words of [['--help'], ['--log-format', 'text', '--tls-dir', dir]]) {
      assert.equal(run([entry, ...words]), run([...sources, ...words]), `${name} ${words}`);
    }
  }
});

test('it is used only for the very sources it was made of', () => {
  const manifest = readFileSync(join(dir, MANIFEST), 'utf8');
  const changed = JSON.parse(manifest) as { root: string; inputs: [string, number, number][] };
  const spoilt = [
    { ...changed, inputs: changed.inputs.map(([path, at, size], i) => [path, i === 3 ? at - 1 : at, size]) },
    { ...changed, inputs: [...changed.inputs, ['controller/gone.ts', 1, 1]] },
    { ...changed, root: '/elsewhere/' },
  ];
  for (const other of spoilt) {
    writeFileSync(join(dir, MANIFEST), JSON.stringify(other));
    assert.is(freshEntry(dir, 'cli'), null);
  }
  writeFileSync(join(dir, MANIFEST), manifest.slice(0, 100));
  assert.is(freshEntry(dir, 'cli'), null);
});

test.run();
