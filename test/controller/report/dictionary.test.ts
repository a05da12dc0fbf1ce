import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CSV_DICTIONARY, TRACES_DICTIONARY } from '../../../controller/report/csv-dictionary.ts';
import { renderCsv, renderDictionary, renderTracesCsv } from '../../../controller/report/index.ts';
import { runCli } from '../../helpers/cli.ts';
import { goodResults } from '../../helpers/results.ts';

const test = suite('report/dictionary');
const header = (csv: string) => (csv.split('\r\n')[0] ?? '').split(',');
const columns = (entries: typeof CSV_DICTIONARY) => entries.map(({ column }) => column);

test('it has every column of the CSV, and no other, in the order of the file', () => {
  assert.equal(columns(CSV_DICTIONARY), header(renderCsv(goodResults())));
  assert.equal(columns(TRACES_DICTIONARY), header(renderTracesCsv({ id: 'x', traces: [], keywordList: [] })));
});

test('each has a meaning, and a unit in ns where its name says so', () => {
  for (const { column, unit, meaning } of [...CSV_DICTIONARY, ...TRACES_DICTIONARY]) {
    assert.ok(meaning.length > 3, column);
    assert.is(unit === 'ns', column.endsWith('_ns'), column);
  }
});

test('the page in the folder is what is rendered', () => {
  const page = readFileSync(new URL('../../../controller/report/DICTIONARY.md', import.meta.url), 'utf8');
  assert.is(page, renderDictionary(), 'write it again: renderDictionary() of controller/report');
});

test('hookbench report --format dictionary has the samples too, and needs no study', async () => {
  const { stdout, exitCode } = await runCli(['report', '--format', 'dictionary']);
  assert.is(exitCode, 0);
  assert.ok(stdout.startsWith(renderDictionary().trimEnd()));
  assert.match(stdout.slice(renderDictionary().length), /## Samples[\s\S]*\| `latency_ns` \| ns /);
});

test.run();
