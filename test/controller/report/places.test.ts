import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Results } from '../../../controller/analysis/results.ts';
import {
  formatEstimate,
  renderCsv,
  renderHtml,
  renderMarkdown,
  renderTerminal,
} from '../../../controller/report/index.ts';
import { studyAcross } from '../../helpers/places.ts';
import { goodResults } from '../../helpers/results.ts';

const test = suite('report/places');

/** two conditions on three nodes; docker makes the library dearer */
function acrossResults(): Results {
  const shape = {
    blocks: 6,
    perBlock: 20,
    warmup: 0,
    instanceSdNs: 300,
    preloadShiftNs: 1_000,
    bpftraceShiftNs: 2_000,
  };
  return analyse(
    studyAcross(
      [1, 2, 3].flatMap((node) => [
        { condition: 'process', node: `node-${node}`, shape: { ...shape, seed: node * 101 } },
        { condition: 'docker', node: `node-${node}`, shape: { ...shape, seed: node * 211, preloadShiftNs: 5_000 } },
      ]),
    ),
  );
}

const results = acrossResults();
const terminal = (of: Results, columns: number) => renderTerminal(of, { columns, color: false, verbose: true });
const unwrapped = (text: string) => text.replace(/\s+/g, ' ');
const sentences = [
  ...(results.pooled ?? []),
  ...(results.variance ?? []),
  ...(results.interactions ?? []).flatMap((t) => t.contrasts),
].map(({ sentence }) => sentence);

test('there is something to say in every part', () => {
  assert.equal([results.pooled?.length, results.variance?.length, results.interactions?.length], [4, 4, 10]);
  assert.ok(results.interactions?.some(({ contrasts }) => contrasts.some(({ verdict }) => verdict === 'larger')));
});

test('the terminal has every sentence and stays within its width', () => {
  const text = unwrapped(terminal(results, 100));
  for (const sentence of sentences) assert.ok(text.includes(sentence), sentence);
  for (const title of ['Over all nodes', 'From place to place', 'What the intervals come from'])
    assert.ok(text.includes(title));
  assert.match(text, /java-hello, alternated, node-1: does the overhead depend on the condition\? F\(1, 10\) = /);
  for (const columns of [40, 80]) {
    assert.ok(
      terminal(results, columns)
        .split('\n')
        .every((line) => [...line].length <= columns),
    );
  }
});

test('without verbose the terminal says in a line what each row would be narrowed by', () => {
  const text = unwrapped(renderTerminal(results, { columns: 100, color: false }));
  assert.match(text, /What would narrow the intervals/);
  for (const { sentence } of results.variance ?? []) assert.not.ok(text.includes(sentence));
  for (const { add, treated, sut, condition } of results.variance ?? [])
    assert.match(text, new RegExp(`more ${add}: [^:]*${treated} on [^:;]*${sut} \\(${condition}\\)`));
});

test('HTML has the forest with its pooled row, every contrast and the shares', () => {
  const page = renderHtml({ results, figures: [] });
  assert.match(page, /<a href="#places"/);
  for (const row of results.pooled ?? []) {
    for (const one of [...row.nodes, row.pooled]) assert.ok(page.includes(formatEstimate(one).interval));
  }
  for (const sentence of sentences) assert.ok(page.includes(sentence.replaceAll("'", '&#39;')), sentence);
});

test('Markdown has every sentence as an item', () => {
  const text = renderMarkdown(results).replaceAll('\\', '');
  for (const sentence of sentences) assert.ok(text.includes(`: ${sentence}\n`), sentence);
});

test('CSV carries the pooled effect and the shares beside each row, and nothing beside A/A rows', () => {
  const [head = '', ...lines] = renderCsv(results).trim().split('\r\n');
  const names = head.split(',');
  const rows = lines.map((line) => {
    const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? [];
    return (name: string) => (cells[names.indexOf(name)] ?? '').replace(/,$/, '');
  });
  const hooked = rows.find((cell) => cell('treated') === 'ld-preload' && cell('condition') === 'docker');
  for (const pooled of results.pooled ?? []) {
    const own = rows.filter((cell) => cell('treated') === pooled.treated && cell('condition') === pooled.condition);
    assert.is(own.length, 3);
    for (const cell of own) {
      assert.is(cell('pooled_shift_p50_ns'), String(pooled.pooled.estimateNs));
      const shares = ['node', 'fork', 'block', 'request'].map((level) => Number(cell(`interval_share_${level}`)));
      assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9, `${shares}`);
    }
  }
  assert.ok(Number(hooked?.('ks_d')) > 0);
  assert.is(rows.find((cell) => cell('aa') === 'true')?.('pooled_nodes'), '');
});

test('many contrasts without a find are told in one line', () => {
  const table = results.interactions?.find(({ contrasts }) => contrasts.length === 3);
  assert.ok(table);
  const four = table ? [...table.contrasts, ...table.contrasts.slice(0, 1)] : [];
  const text = unwrapped(terminal({ ...results, interactions: table ? [{ ...table, contrasts: four }] : [] }, 100));
  assert.match(
    text,
    /4 contrasts: no difference found; a true one of [\d.]+ (ns|µs) would be found 4 times in 5 in each\./,
  );
  assert.not.ok(text.includes(four[0]?.sentence ?? ''));
});

test('text of the study stays text', () => {
  const hostile = '<b>\u001b[31m|`x`';
  const bad = JSON.parse(JSON.stringify(results).replaceAll('docker', JSON.stringify(hostile).slice(1, -1))) as Results;
  assert.not.match(renderHtml({ results: bad, figures: [] }), /<b>\W*\[31m/);
  assert.not.ok(terminal(bad, 80).includes('\u001b'));
  assert.not.ok(renderMarkdown(bad).includes('<b>'));
});

test('results without any of it are shown as before', () => {
  const good = goodResults();
  assert.not.match(terminal(good, 80), /Over all nodes|From place to place|What the intervals/);
  assert.not.match(renderHtml({ results: good, figures: [] }), /id="places"/);
});

test.run();
