import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MOST_SECONDS, MOST_SERIES, SecondCharts } from '../../../controller/live/second-charts.ts';

const test = suite('charts by the second');
const PLACE = { node: 'n', condition: 'process', sut: 's', design: 'alternated', vantage: 'client', mechanism: 'none' };

test('a second gives count, median and 95th percentile, and again when more comes into it', () => {
  const charts = new SecondCharts();
  const add = charts.series({ ...PLACE, aa: false });
  for (let latency = 1; latency <= 100; latency++) add?.(3, latency);
  assert.equal(charts.changes(), [[0, 3, 100, 50, 95]]);
  assert.equal(charts.changes(), []);
  for (let i = 0; i < 200; i++) add?.(3, 100);
  assert.equal(charts.changes(), [[0, 3, 300, 100, 100]]);
  assert.is(charts.points().length, 1);
});

test('what is kept is bounded in seconds and in series; what comes too late is counted', () => {
  const charts = new SecondCharts();
  const add = charts.series({ ...PLACE, aa: false });
  for (let second = 0; second < MOST_SECONDS + 200; second++) add?.(second, 100);
  assert.ok(charts.points().length <= MOST_SECONDS, `${charts.points().length}`);
  assert.is(charts.leftOut, 0);
  add?.(5, 100);
  assert.is(charts.leftOut, 1);
  for (let i = 0; i < MOST_SERIES; i++) charts.series({ ...PLACE, node: `n${i}`, aa: true });
  assert.is(charts.views().length, MOST_SERIES);
  assert.is(charts.series({ ...PLACE, node: 'one more', aa: true }), null);
});

test.run();
