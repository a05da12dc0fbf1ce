import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { compareStudies, type StudyComparison } from '../../../controller/compare/index.ts';
import { budgetOf, type GateReport, judge } from '../../../controller/gate/index.ts';
import {
  formatEstimate,
  renderComparison,
  renderComparisonMarkdown,
  renderGate,
  renderGateMarkdown,
} from '../../../controller/report/index.ts';
import { forked, withRow } from '../../helpers/pairs.ts';

const test = suite('report/compare and gate');
const WIDTHS = [40, 60, 80, 120, 200];
const longest = (text: string) =>
  Math.max(...text.split('\n').map((line) => [...stripVTControlCharacters(line)].length));
const flat = (text: string) => stripVTControlCharacters(text).replace(/\s+/g, ' ');

/** one cell lost, the others 400 ns dearer in B, another kernel there */
function comparison(rename = (text: string) => text): StudyComparison {
  const b = forked('b', 400);
  const [node] = b.nodes;
  const lossy = withRow({ ...b, nodes: node ? [{ ...node, kernel: '6.18' }] : [] }, 0, (c) => ({
    ...c,
    verdict: 'invalid',
    flags: [{ code: 'lost-samples', detail: 'Samples were lost: 3 at ring.' }],
  }));
  const parsed = (results: Results) => JSON.parse(rename(JSON.stringify(results))) as Results;
  return compareStudies(parsed(forked('a')), parsed(lossy));
}

function gate(rename = (text: string) => text): GateReport {
  const results = JSON.parse(rename(JSON.stringify(forked('a')))) as Results;
  const broken = withRow(results, 0, (c) => ({ ...c, verdict: 'implausible' }));
  const budgets = ['ld-preload:p50<1s', 'bpftrace:p50<1ns', 'bpftrace:caller:p50<3115ns'].map(budgetOf);
  return judge(broken, budgets, { sut: null, undecided: 'fail' });
}

test('both fit every width, with colours and without, and colours change no text', () => {
  for (const columns of WIDTHS) {
    for (const color of [false, true]) {
      assert.ok(longest(renderComparison(comparison(), { columns, color })) <= columns, `compare ${columns}`);
      assert.ok(longest(renderGate(gate(), { columns, color })) <= columns, `gate ${columns}`);
    }
  }
  const colored = renderComparison(comparison(), { columns: 80, color: true });
  assert.is(stripVTControlCharacters(colored), renderComparison(comparison(), { columns: 80, color: false }));
});

test('compare: both shifts and the difference with intervals, what is lost, what differs, what next', () => {
  const told = comparison();
  for (const columns of WIDTHS) {
    const text = flat(renderComparison(told, { columns, color: false }));
    for (const { a, b, difference } of told.cells) {
      for (const e of [a.shift, b.shift, difference]) {
        assert.ok(e);
        if (e) assert.ok(text.includes(formatEstimate(e).interval), `${formatEstimate(e).interval} at ${columns}`);
      }
    }
    for (const part of ['Samples were lost: 3 at ring', 'kernel: A 6.1.0-28-amd64; B 6.18', told.sentence, 'next: '])
      assert.ok(text.includes(part), `${part} at ${columns}`);
  }
  const found = told.cells.filter(({ verdict }) => verdict === 'larger');
  assert.ok(found.length > 0);
  for (const { sentence } of found)
    assert.ok(flat(renderComparison(told, { columns: 200, color: false })).includes(sentence));
});

test('gate: each row with interval and budget, the reason of each that did not pass, the answer', () => {
  const report = gate();
  assert.equal(
    new Set(report.rows.map(({ outcome }) => outcome)),
    new Set(['passed', 'unusable', 'failed', 'undecided']),
  );
  for (const text of [
    flat(renderGate(report, { columns: 120, color: false })),
    flat(renderGate(report, { columns: 60, color: false })),
  ]) {
    for (const { sentence, outcome } of report.rows)
      if (outcome !== 'passed') assert.ok(text.includes(sentence), sentence);
    assert.ok(text.includes(report.sentence));
    assert.match(text, /next: mend what makes the rows unusable/);
  }
});

test('markdown: the answer first, a row each, and study text stays text', () => {
  const hostile = '<img src=x>|@someone`x`';
  const rename = (text: string) => text.replaceAll('java-hello', hostile);
  for (const [text, rows, answer] of [
    [renderComparisonMarkdown(comparison(rename)), comparison().cells.length, comparison().sentence],
    [renderGateMarkdown(gate(rename)), gate().rows.length, gate().sentence],
  ] as const) {
    const lines = text.split('\n').filter((line) => line.startsWith('| '));
    assert.is(lines.length, rows + 1);
    assert.is(new Set(lines.map((line) => line.replaceAll('\\|', '').split('|').length)).size, 1);
    assert.not.match(text, /<img|@someone/);
    assert.ok(
      text.replaceAll('&lt;img src=x&gt;\\|&#64;someone\\`x\\`', 'java-hello').slice(0, 300).includes(answer),
      text,
    );
  }
});

test('a terminal gets no control sequence from a study', () => {
  const rename = (text: string) => text.replaceAll('java-hello', '\\u001b[2Jevil');
  assert.not.ok(renderComparison(comparison(rename), { columns: 80, color: false }).includes('\u001b'));
  assert.not.ok(renderGate(gate(rename), { columns: 80, color: false }).includes('\u001b'));
});

test.run();
