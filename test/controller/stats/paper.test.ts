import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lag1Autocorrelation } from '../../../controller/stats/autocorrelation.ts';
import { mannWhitney } from '../../../controller/stats/mann-whitney.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { moments } from '../../../controller/stats/summary.ts';
import { pooledTTest, welchTTest } from '../../../controller/stats/t-test.ts';
import { near, nearRelative } from '../../oracle/near.ts';
import { paperConditions } from '../../oracle/paper-data.ts';

/** scipy 1.10.1 (t, s_p, p, mean difference, U, lag-1), scipy 1.17.1 (Welch df), mpmath 1.3.0 (log10 p where p underflows) */
const EXPECTED = {
  docker: {
    t: 87.53841135329156,
    log10P: -1600.3381844305857,
    pooledSdMs: 0.49639931609072996,
    shiftMs: 0.2865272405438941,
    u: 1600951898.5,
    lag1Hook: 0.11592112311512166,
    lag1Base: 0.4363072001457631,
    welchDf: 82982.46497980201,
  },
  'eks-pod': {
    t: -10.667536607538116,
    log10P: Math.log10(1.4966380274597944e-26),
    pooledSdMs: 1.6395999346687637,
    shiftMs: -0.1153288910904946,
    u: 1135987123,
    lag1Hook: 0.42466705120288695,
    lag1Base: 0.4464777969347985,
    welchDf: 85853.27960429748,
  },
} as const;

const test = suite('stats: the paper’s data');
const paper = paperConditions();
if (paper.kind === 'absent') console.log(`the paper's data is skipped: ${paper.why}`);

for (const name of ['docker', 'eks-pod'] as const) {
  const check = paper.kind === 'present' ? test : test.skip;
  check(`${name}: what scipy says of 46,000 requests per arm`, () => {
    if (paper.kind === 'absent') return;
    const { baselineMs, treatedMs } = paper[name];
    const expected = EXPECTED[name];
    const [baseline, treated] = [moments(baselineMs), moments(treatedMs)];
    assert.equal([baseline.n, treated.n], [46_000, 46_000]);
    const pooled = pooledTTest(baseline, treated);
    near(pooled.t, expected.t);
    near(pooled.pooledSd, expected.pooledSdMs);
    nearRelative(pooled.log10P, expected.log10P, 1e-10);
    near(treated.mean - baseline.mean, expected.shiftMs);
    near(welchTTest(baseline, treated).df, expected.welchDf);
    assert.is(mannWhitney(sortedCopy(baselineMs), sortedCopy(treatedMs)).u, expected.u);
    near(lag1Autocorrelation(treatedMs), expected.lag1Hook, 1e-11);
    near(lag1Autocorrelation(baselineMs), expected.lag1Base, 1e-11);
  });
}

const checkP = paper.kind === 'present' ? test : test.skip;
checkP('eks-pod: p itself (scipy 1.10.1), and Mann–Whitney’s (scipy 1.17.1)', () => {
  if (paper.kind === 'absent') return;
  const { baselineMs, treatedMs } = paper['eks-pod'];
  nearRelative(pooledTTest(moments(baselineMs), moments(treatedMs)).p, 1.4966380274597944e-26, 1e-9);
  nearRelative(mannWhitney(sortedCopy(baselineMs), sortedCopy(treatedMs)).p, 1.6021172193563941e-83, 1e-9);
});

test.run();
