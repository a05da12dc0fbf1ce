import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { renderCsv, renderHtml, renderJson, renderMarkdown, renderTerminal } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';

const actions = suite('report: actions and variants');

/** the good study with the library's variant in place of the library, and everything that trace and block add */
function results(over: Partial<Results> = {}): Results {
  const base = goodResults();
  const rename = (id: string) => (id === 'ld-preload' ? 'ld-preload:simd' : id);
  return {
    ...base,
    study: { ...base.study, mechanisms: base.study.mechanisms.map(rename) },
    comparisons: base.comparisons.map((c) => ({ ...c, treated: rename(c.treated) })),
    mechanisms: [
      {
        ...{ id: 'bpftrace', layer: 'kernel', actions: ['observe', 'trace'], functions: ['read'], manner: [] },
        limits: [{ action: 'block', why: 'it only <watches>' }],
      },
    ],
    ...over,
  };
}
const PLACE = { sut: 'java-hello', node: 'node-1', mechanism: 'ld-preload:simd' };
const TRACED = results({
  traces: [
    {
      ...{ ...PLACE, matches: 5000, kept: 4000, dropped: 1000 },
      keywords: [
        { index: 3, keyword: '<b>\u001b[31m', count: 3999 },
        { index: null, keyword: '', count: 1 },
      ],
    },
  ],
});
const row = { ...PLACE, condition: 'process', refused: 10, served: 20, leaked: 1, denied: 0, ok: false };
const BLOCKED = results({
  blocking: [row],
  study: { ...results().study, action: 'block', timed: 'requests without a keyword' },
});

actions('a variant is a name like others in every form', () => {
  const made = results();
  const html = renderHtml({ results: made, figures: [] });
  assert.match(html, /ld-preload:simd<\/span><span class="sub">library layer/);
  for (const id of html.matchAll(/ id="([^"]*)"/g)) assert.match(id[1]!, /^[A-Za-z][\w-]*$/);
  for (const columns of [40, 60, 80, 200]) {
    const lines = renderTerminal(made, { columns, color: false }).split('\n');
    assert.ok(
      lines.every((line) => line.length <= columns),
      `${columns} columns`,
    );
    assert.ok(lines.some((line) => line.includes('ld-preload:simd')));
  }
  assert.match(renderCsv(made), /,none,ld-preload:simd,/);
  assert.match(renderMarkdown(made), /\| ld-preload:simd \|/);
  assert.ok(renderJson(made).includes('"ld-preload:simd"'));
});

actions('what a mechanism can not do, and why, is in the page', () => {
  const html = renderHtml({ results: results(), figures: [] });
  assert.match(html, /<th scope="row">bpftrace<\/th>.*?>yes<.*?>yes<.*?>no</);
  assert.match(html, /bpftrace: no block<\/dt><dd>it only &lt;watches&gt;/);
});

actions('matches: kept and above the limit; a keyword does nothing to page or terminal', () => {
  const html = renderHtml({ results: TRACED, figures: [] });
  assert.ok(html.includes('5,000') && html.includes('1,000') && !html.includes('<b>\u001b'));
  const text = renderTerminal(TRACED, { columns: 200, color: false });
  assert.match(text, /java-hello: ld-preload:simd reported 5,000 matches \(4,000 kept, 1,000 above the limit\): <b>/);
  assert.match(text, /unknown × 1/);
  assert.not(text.includes('\u001b'));
  assert.match(renderMarkdown(TRACED), /5,000 matches/);
});

actions('refusals: a leak stands out, and only what is timed is said to be', () => {
  const text = renderTerminal(BLOCKED, { columns: 200, color: false });
  assert.match(text, /✕ java-hello: ld-preload:simd refused 10 of 11 requests with a keyword, served 20 of 20 without/);
  assert.match(text, /Only requests without a keyword are timed/);
  assert.match(renderMarkdown(BLOCKED), /✕ java-hello: ld-preload:simd refused 10 of 11/);
  assert.match(renderHtml({ results: BLOCKED, figures: [] }), /✕ not as asked/);
  assert.match(renderCsv(BLOCKED), /requests without a keyword/);
});

actions.run();
