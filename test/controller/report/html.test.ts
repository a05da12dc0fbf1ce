import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { formatDuration, formatEstimate, renderHtml } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { hostileResults, sequentialResults, troubledResults } from '../../helpers/results-variants.ts';
import { figuresFor } from './figure-fixture.ts';

const test = suite('report/html');
const html = (results: Results) => renderHtml({ results, figures: figuresFor(results) });

test('every shift with its interval and the exact ns, every base, every sentence', () => {
  const results = goodResults();
  const text = html(results);
  for (const c of results.comparisons) {
    for (const shift of [...Object.values(c.shifts), ...Object.values(c.byPayload)]) {
      if (shift === null) throw new Error('the good study has every shift');
      const { value, interval } = formatEstimate(shift);
      assert.ok(text.includes(`value="${shift.estimateNs}">${value}<`), value);
      assert.ok(text.includes(`value="${shift.lowNs} ${shift.highNs}">${interval}<`), interval);
    }
    for (const ns of [c.treatedStats.p999Ns, c.treatedStats.maxNs, c.studentT.pooledSdNs]) {
      assert.ok(text.includes(`<data value="${ns}">${formatDuration(ns)}</data>`));
    }
    assert.ok(text.replace(/<span class="nb">|<\/span>/g, '').includes(c.sentence));
  }
});

test('both figures of the paper, block medians and intervals for each SUT, described for a screen reader', () => {
  const results = goodResults();
  const text = html(results);
  for (const kind of ['box-(client|caller)', 'lag', 'blocks', 'forest']) {
    const figures = text.match(new RegExp(`<figure class="figure" id="[\\w-]+-${kind}"`, 'g')) ?? [];
    assert.is(figures.length, results.study.suts.length, kind);
  }
  const drawings = text.match(/<svg /g) ?? [];
  assert.is(
    (
      text.match(
        /role="img" aria-labelledby="([\w-]+)-t \1-d"><title id="\1-t">[^<]+<\/title><desc id="\1-d">[^<]+</g,
      ) ?? []
    ).length,
    drawings.length,
  );
  assert.not.match(text, /NaN|Infinity|undefined|\[object/);
});

test('every id is there once and every reference leads to one', () => {
  const text = html(goodResults());
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.is(new Set(ids).size, ids.length);
  const targets = [...text.matchAll(/href="#([^"]+)"|aria-labelledby="([^"]+)"/g)].flatMap((m) =>
    (m[1] ?? m[2] ?? '').split(' '),
  );
  for (const target of targets) assert.ok(ids.includes(target), target);
});

test('nothing is loaded and nothing runs', () => {
  for (const results of [goodResults(), troubledResults(), sequentialResults()]) {
    const text = html(results);
    assert.not.match(text, /https?:\/\//);
    assert.not.match(text, /<script|<link|<iframe|<img|@import|url\(| on[a-z]+=| style=/i);
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(text.includes(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`));
  }
});

test('study text stays text', () => {
  const hostile = '"><script>alert(1)</script><img src=http://x onerror=alert(2)>\'';
  const text = html(hostileResults(hostile));
  assert.not.match(text, /<script|<img/);
  assert.ok(text.includes('&quot;&gt;&lt;script&gt;alert(1)'));
});

test('null is n/a with a reason; nothing counted is not zero', () => {
  const text = html({ ...sequentialResults() });
  assert.ok(text.includes('n/a (arms not interleaved)'));
  assert.ok(text.includes('Parity n/a (not counted)'));
  assert.not.match(text, /class="estimate" value="0"/);
});

test('trouble is said at the top and beside its number', () => {
  const text = html(troubledResults());
  const top = text.slice(0, text.indexOf('id="shifts"'));
  assert.match(top, /This study was interrupted/);
  assert.match(top, /The A\/A check failed, so read with care/);
  assert.ok(text.includes('parity 97.4 %'));
  assert.ok(text.includes('311 samples lost'));
});

test('the t-test is marked as not used, with the assumptions it breaks', () => {
  const text = html(goodResults());
  assert.ok(text.includes('shown beside, not used for the verdict'));
  assert.ok(text.includes('that samples are independent (autocorrelated)'));
});

test('a SUT without figures or comparisons still has its section', () => {
  const good = goodResults();
  const results = { ...good, comparisons: [], aa: { ...good.aa, comparisons: [] } };
  const text = renderHtml({ results, figures: [] });
  assert.ok(text.includes('No figures: no samples of read-loop are stored'));
  assert.ok(text.includes('n/a (no comparison could be made)'));
});

test('a page of 15 arms with figures stays below 2 MB', () => {
  assert.ok(html(goodResults()).length < 2_000_000);
});

test.run();
