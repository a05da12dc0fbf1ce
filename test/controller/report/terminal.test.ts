import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { formatDuration, formatEstimate, formatRatio, renderTerminal } from '../../../controller/report/index.ts';
import { layerOf, VERDICT_WORDS } from '../../../controller/report/words.ts';
import { goodResults } from '../../helpers/results.ts';
import { hostileResults, sequentialResults, troubledResults } from '../../helpers/results-variants.ts';

const test = suite('report/terminal');
const plain = (results: Results, columns = 80) => renderTerminal(results, { columns, color: false });
const longest = (text: string) =>
  Math.max(...text.split('\n').map((line) => [...stripVTControlCharacters(line)].length));
const VARIANTS = { good: goodResults(), troubled: troubledResults(), sequential: sequentialResults() };

for (const [name, results] of Object.entries(VARIANTS)) {
  for (const columns of [40, 60, 80, 100, 120, 200]) {
    test(`${name} fits ${columns} columns, with colours and without`, () => {
      assert.ok(longest(plain(results, columns)) <= columns);
      assert.ok(longest(renderTerminal(results, { columns, color: true })) <= columns);
      assert.ok(longest(renderTerminal(results, { columns, color: true, verbose: true })) <= columns);
    });
  }
  test(`${name}: no escape sequence without colours, and colours change no text`, () => {
    const text = plain(results);
    assert.is(stripVTControlCharacters(text), text);
    assert.is(stripVTControlCharacters(renderTerminal(results, { columns: 80, color: true })), text);
  });
}

test('every shift stands with its interval, ratio, base and verdict, exactly as formatted', () => {
  const results = goodResults();
  const narrow = plain(results);
  const wide = plain(results, 200);
  const verbose = renderTerminal(results, { columns: 200, color: false, verbose: true }).replace(/\s+/g, ' ');
  for (const c of results.comparisons) {
    for (const shift of [c.shifts.p50, c.shifts.mean, c.shifts.p99]) {
      if (shift === null) throw new Error('the good study has every shift');
      const { value, interval, text } = formatEstimate(shift);
      assert.ok(narrow.includes(value) && narrow.includes(interval), text);
      assert.ok(wide.includes(text), text);
    }
    if (c.shifts.p50 !== null) assert.ok(wide.includes(formatRatio(c.shifts.p50, c.baselineStats.p50Ns)?.text ?? '-'));
    assert.ok(narrow.includes(formatDuration(c.baselineStats.p50Ns)));
    assert.ok(wide.includes(VERDICT_WORDS[c.verdict].symbol));
    assert.ok(verbose.includes(c.sentence));
  }
});

test('the A/A line comes before the first table', () => {
  const text = plain(goodResults());
  assert.ok(text.indexOf('A/A ✓ passed') >= 0);
  assert.ok(text.indexOf('A/A') < text.indexOf('shift at p50'));
});

test('null is n/a with a reason, never a number', () => {
  const text = plain(troubledResults(), 200);
  const row = text.split('\n').find((line) => line.includes('n/a')) ?? '';
  assert.match(row, /bpftrace +n\/a \(incomplete\) +n\/a \(incomplete\) +n\/a \(incomplete\) +49\.31 µs/);
  assert.match(plain(sequentialResults(), 200), /n\/a \(arms not interleaved\)/);
});

test('what is not counted is not shown as zero', () => {
  assert.match(plain({ ...goodResults(), parity: [], loss: [] }, 200), /parity n\/a/);
});

test('trouble is said: status, failed A/A, parity, loss, flags, what to do', () => {
  const text = plain(troubledResults());
  for (const part of [
    '✕ interrupted',
    'A/A ✕ failed',
    'parity 97.4 % ✕',
    'loss 311 ✕',
    'reads missed',
    '▼ implausible',
    'next',
  ]) {
    assert.ok(text.includes(part), part);
  }
});

test('loss outside every shown row is still said', () => {
  const good = goodResults();
  const lost = { hop: 'spool' as const, sut: 'java-hello', node: 'node-1', mechanism: 'none', received: 9, lost: 3 };
  assert.match(plain({ ...good, loss: [...good.loss, lost] }), /spool lost 3 of 12 samples/);
});

test('a SUT without any comparison is named', () => {
  const good = goodResults();
  const text = plain({
    ...good,
    comparisons: good.comparisons.filter((c) => c.sut !== 'read-loop'),
    aa: { ...good.aa, comparisons: [] },
  });
  assert.match(text, /read-loop\n {2}n\/a \(no comparison could be made\)/);
});

test('paths and further steps come last, as given', () => {
  const paths = [{ label: 'report', path: 'results/x/report.html' }];
  const text = renderTerminal(goodResults(), { columns: 80, color: false, paths, next: ['npx hookbench doctor'] });
  assert.match(text, /report {2}results\/x\/report\.html\nnext {4}.*/);
  assert.ok(text.trimEnd().endsWith('npx hookbench doctor'));
});

test('a layer is what the study’s catalogue says; of what it does not know, what the name says', () => {
  const [known] = goodResults().mechanisms;
  const catalogue = [{ ...known!, id: 'own:x', layer: 'kernel' }];
  assert.equal(
    ['own:x', 'own:y', 'sk-skb', 'ld-preload:simd'].map((id) => layerOf(id, catalogue)),
    ['kernel', null, 'kernel', 'library'],
  );
});

test('study text cannot drive the terminal', () => {
  const text = plain(hostileResults('\u001b[2J\u001b]0;x\u0007evil\u202e\r\nname'));
  assert.not.match(text, /[\u001b\u0007\r\u202e]/);
});

test.run();
