import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import { renderHtml, renderMarkdown, renderTerminal } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';

const test = suite('report/unsuited');

const good = goodResults();
const [sut = ''] = good.study.suts;
const WHY = `${sut} is no <Java> program`;
const NOTE = { code: 'unsuited', detail: `not measured: jvmti on ${sut}: ${WHY}` };
const unsuited = (why?: string): Results => ({
  ...good,
  study: { ...good.study, mechanisms: [...good.study.mechanisms, 'jvmti'] },
  unsuited: [{ sut, mechanism: 'jvmti', ...(why !== undefined && { why }) }],
  warnings: [...good.warnings, NOTE],
});
const times = (text: string, part: string) => text.split(part).length - 1;
const unwrapped = (text: string) => text.replace(/\s+/g, ' ');

test('the matrix says in the cell why a mechanism was not measured on a SUT', () => {
  const page = renderHtml({ results: unsuited(WHY), figures: [] });
  assert.ok(page.includes(`n/a (not measured: ${sut} is no &lt;Java&gt; program)`));
  assert.not.ok(page.includes('<Java>'));
});

test('an older study that has no reason says what is known', () => {
  const old = unsuited();
  assert.ok(renderHtml({ results: old, figures: [] }).includes('n/a (not measured)'));
  assert.ok(unwrapped(renderTerminal(old, { columns: 80, color: false })).includes(NOTE.detail));
});

test('terminal and Markdown say it once, where the SUT stands', () => {
  const told = `jvmti is not measured on ${sut}: `;
  const text = unwrapped(renderTerminal(unsuited(WHY), { columns: 80, color: false }));
  assert.is(times(text, told), 1);
  assert.not.ok(text.includes(NOTE.detail));
  assert.is(times(renderMarkdown(unsuited(WHY)), told), 1);
});

test('too few samples are another reason', () => {
  const other = good.study.suts.find((name) => name !== sut) ?? sut;
  const results = {
    ...unsuited(WHY),
    warnings: [{ code: 'not-compared', detail: `${other}: jvmti has no comparison, because it is short.` }],
  };
  assert.ok(renderHtml({ results, figures: [] }).includes('n/a (not compared: too few samples)'));
});

test.run();
