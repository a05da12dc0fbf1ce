import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { storeImport } from '../../../controller/import/run.ts';
import { exportFigures, paperFigures } from '../../../controller/report/index.ts';
import { writeFigures } from '../../../controller/study/figure-files.ts';
import { runCli } from '../../helpers/cli.ts';
import { random } from '../../helpers/random.ts';
import { goodResults } from '../../helpers/results.ts';
import { hostileResults } from '../../helpers/results-variants.ts';
import { figuresFor } from './figure-fixture.ts';

const test = suite('figures as files');
const folder = mkdtempSync(join(tmpdir(), 'hookbench-figures-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function csv(name: string, seed: number, levelMs: number): string {
  const noise = random(seed);
  const rows = Array.from(
    { length: 3_000 },
    (_, i) => `${1e9 + i * 0.004},${levelMs + Math.abs(noise.normal()) * 0.2}`,
  );
  const path = join(folder, name);
  writeFileSync(path, ['start_time,response_time', ...rows, ''].join('\n'));
  return path;
}

const imported = storeImport(
  {
    baseline: [csv('a.csv', 1, 1.5), csv('c.csv', 2, 2.5)],
    treated: [csv('b.csv', 3, 1.6), csv('d.csv', 4, 2.6)],
    conditions: ['docker', 'pod'],
    warmup: 500,
    skipBadRows: false,
    command: 'hookbench analyze',
  },
  join(folder, 'import'),
);

test('hookbench report DIR --figures paper: figures 3 and 4, with every condition, with and without the hook', async () => {
  const { dir } = await imported;
  const out = join(folder, 'paper');
  const run = await runCli(['report', dir, '--figures', 'paper', '-o', out, '--width', 'single']);
  assert.is(run.exitCode, 0, run.stderr);
  assert.equal(readdirSync(out).sort(), ['figure-3.png', 'figure-3.svg', 'figure-4.png', 'figure-4.svg']);
  assert.equal(run.stdout.trim().split('\n').length, 4);
  for (const name of ['figure-3.svg', 'figure-4.svg']) {
    const svg = readFileSync(join(out, name), 'utf8');
    const description = /<desc>([^<]*)<\/desc>/.exec(svg)?.[1] ?? '';
    for (const part of ['without hook', 'with hook']) assert.ok(description.includes(part), `${part}: ${description}`);
    assert.match(svg, /^<svg width="85mm" height="[\d.]+mm" role="img"/);
    assert.not.match(svg, /<text|<style|var\(|NaN|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  }
});

test('every figure is written as outlines and as PNG of 600 dots an inch at its width', async () => {
  const { dir } = await imported;
  const out = join(folder, 'all');
  const written = writeFigures({ dir, out, which: 'all', widthMm: 100 });
  const names = written.filter((path) => path.endsWith('.svg')).map((path) => path.slice(out.length + 1, -4));
  const kinds = ['shifts', 'box', 'ecdf', 'histogram', 'lag', 'blocks'];
  assert.equal(names, [
    ...kinds.map((kind) => `imported-docker-${kind}`),
    ...kinds.map((kind) => `imported-pod-${kind}`),
  ]);
  for (const path of written.filter((one) => one.endsWith('.png'))) {
    const png = readFileSync(path);
    assert.is(png.subarray(1, 4).toString('latin1'), 'PNG');
    assert.is(png.readUInt32BE(16), 2362, 'dots across: 100 mm at 600 an inch');
    const at = png.indexOf('pHYs');
    assert.is(png.readUInt32BE(at + 4), 23_622, 'dots a metre');
    assert.is(at, 37, 'between header and image');
  }
});

test('width: single, double or millimetres; anything else is a usage error', async () => {
  const { dir } = await imported;
  const run = await runCli(['report', dir, '--figures', join(folder, 'none'), '--width', 'wide']);
  assert.is(run.exitCode, 2);
  assert.match(run.stderr, /--width wide is neither single, double nor 80 to 250/);
});

test('a file needs nothing of the page: no variable, a white ground, dashes that tell arms apart without colour', () => {
  const results = goodResults();
  const files = exportFigures(results, figuresFor(results), { widthMm: 178 });
  assert.is(new Set(files.map(({ name }) => name)).size, files.length);
  const drawn = files.find(({ name }) => name === 'java-hello-ecdf')?.svg ?? '';
  assert.not.match(drawn, /var\(/);
  assert.match(drawn, /<rect [^>]*fill="#ffffff"/);
  const dashes = [...drawn.matchAll(/\.c-[\w]+ \.dashed\{stroke-dasharray:([^}]+)\}/g)].map((match) => match[1]);
  assert.is(dashes.length, 8);
  assert.is(new Set(dashes).size, 8);
});

test('of a study with several clocks, each has its own pair; A/A takes no part', () => {
  const results = goodResults();
  const files = paperFigures(results, figuresFor(results), { widthMm: 178 });
  assert.equal(
    files.map(({ name }) => name),
    ['figure-3-client', 'figure-4-client', 'figure-3-caller', 'figure-4-caller'],
  );
  const [lag, box] = files;
  assert.not.match(`${lag?.description}${box?.description}`, /A\/A/);
  assert.match(lag?.description ?? '', /java-hello, alternated: without hook, warm-up to request 4,000/);
});

test('study text chooses neither folder nor markup of a file', () => {
  const results = hostileResults('../../"><script>x</script>');
  for (const { name, svg } of exportFigures(results, figuresFor(results), { widthMm: 85 })) {
    assert.match(name, /^[a-z0-9-]+$/);
    assert.not.match(svg, /<script/);
  }
});

test.run();
