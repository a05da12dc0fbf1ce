/** What many rows share is said once, and a pull request takes no more than GitHub lets it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Comparison, Flag, Results } from '../../../controller/analysis/results.ts';
import { foldFlags } from '../../../controller/report/folded-flags.ts';
import { renderLine, renderMarkdown, renderTerminal } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { sequentialResults, troubledResults } from '../../helpers/results-variants.ts';

const test = suite('report/folded');
const flat = (text: string) => text.replace(/\s+/g, ' ');
const shown = (results: Results, verbose = false) =>
  flat(renderTerminal(results, { columns: 100, color: false, verbose }));
const times = (text: string, part: string) => text.split(part).length - 1;

/** every row carries these */
function flagged(flagOf: (c: Comparison) => Flag): Results {
  const good = goodResults();
  return { ...good, comparisons: good.comparisons.map((c) => ({ ...c, flags: [flagOf(c)] })) };
}

test('a flag that all rows have is named at each table and told once; verbose tells each row', () => {
  const results = flagged((c) => ({ code: 'drift', detail: `detail of ${c.treated} on ${c.sut}.` }));
  const text = shown(results);
  assert.is(times(text, '! drift (all)'), 3);
  assert.is(times(text, '! drift (all 6 rows): '), 1);
  assert.is(times(text, 'detail of'), 0);
  assert.match(text, /--verbose/);
  const verbose = shown(results, true);
  for (const c of results.comparisons) assert.is(times(verbose, `detail of ${c.treated} on ${c.sut}.`), 1);
  assert.not.match(verbose, /--verbose/);
});

test('what decides a verdict keeps its detail, once where rows share it', () => {
  const same = shown(flagged(() => ({ code: 'throttled', detail: 'stolen 4.7 %.' })));
  assert.is(times(same, 'stolen 4.7 %.'), 1);
  assert.match(same, /! throttled \(all 6 rows\): stolen/);
  const text = shown(troubledResults());
  assert.is(times(text, '1,204 of 46,000 reads were not seen by the hook'), 1);
  assert.is(times(text, 'ring overwrote 311 samples'), 1);
  assert.match(text, /lost samples \(ld-preload on java-hello\): ring overwrote/);
});

test('every flag of every row is somewhere in the fold', () => {
  const results = troubledResults();
  const folded = foldFlags(results);
  for (const c of results.comparisons) {
    for (const { code, detail } of c.flags) {
      const own = folded.find((one) => one.code === code)?.details.find((one) => one.detail === detail);
      assert.ok(
        own?.names.some((name) => name === `${c.treated} on ${c.sut}`),
        `${code} of ${c.treated} on ${c.sut}`,
      );
    }
  }
  const ranks = folded.map(({ grave }) => grave);
  assert.equal(
    ranks,
    [...ranks].sort((a, b) => Number(b) - Number(a)),
  );
});

test('arms one after the other keep their sentences, which a clause has no room for', () => {
  const results = sequentialResults();
  assert.ok(shown(results).includes(results.comparisons[0]?.sentence ?? '-'));
});

test('one line has the folder, how it ended and the answer', () => {
  const line = renderLine(troubledResults(), 'results/x');
  assert.match(line, /^results\/x: interrupted: The A\/A check failed, so read with care: [^\n]*\n$/);
});

/** as large as a cluster's study */
function large(rows: number): Results {
  const results = flagged((c) => ({ code: 'drift', detail: `${'long '.repeat(30)}${c.sut}` }));
  const comparisons = Array.from({ length: rows }, (_, i) => {
    const c = results.comparisons[i % results.comparisons.length];
    if (c === undefined) throw new Error('the good study has rows');
    return { ...c, node: `node-${i}`, flags: c.flags.map((flag) => ({ ...flag, detail: `${flag.detail} ${i}` })) };
  });
  return { ...results, comparisons, aa: { ...results.aa, comparisons: [] } };
}

test('markdown: verdict and A/A before the table, the rest folded, within what GitHub takes', () => {
  const small = renderMarkdown(goodResults());
  const at = (part: string) => small.indexOf(part);
  assert.ok(small.startsWith('**') && at('A/A ✓') < at('| SUT |') && at('| SUT |') < at('<details>'));
  assert.not.match(small, /Left out to fit/);
  for (const rows of [180, 400]) {
    const text = renderMarkdown(large(rows));
    assert.ok(new TextEncoder().encode(text).length <= 65_536, `${rows} rows`);
    assert.match(
      text,
      /<sub>Left out to fit: .*notes and warnings.*results\.json has all of it\.<\/sub>/,
      `${rows} rows`,
    );
    if (rows === 180) assert.match(text, /The paper's recommendations: 6 of 10 met/);
    assert.is(times(text, '<details>'), times(text, '</details>'));
    const kept = text
      .split('\n')
      .filter((line) => line.startsWith('| java') || line.startsWith('| node') || line.startsWith('| read'));
    const [, gone = '0'] = /(\d+) rows of the table/.exec(text) ?? [];
    assert.is(kept.length + Number(gone), rows);
  }
});

test.run();
