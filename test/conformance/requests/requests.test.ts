// app-filter in the short form: every request that a filtering SUT gets, against the oracle.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SUTS } from '../../../agent/suts/registry.ts';
import type { SutName } from '../../agent/load/support.ts';
import { buildAddon } from '../../helpers/node-addon.ts';
import { needs } from '../../helpers/require.ts';
import { PASSES_SHORT_BODIES, REFUSED, runRequests } from './run.ts';

const SEED = 20261123;
const REQUESTS = 400;
const KINDS = [
  ...['target', 'header value', 'header name', 'cut between header values', 'long header'],
  ...['keyword in the body', 'empty body', 'chunked body', 'long body', 'in several parts', 'cut short'],
];

buildAddon();
const filter = suite('conformance of app-filter');

for (const [set, action] of [
  ['default', 'observe'],
  ['hostile', 'trace'],
  ['nul', 'block'],
] as const) {
  for (const sut of SUTS.filter(({ filters }) => filters)) {
    filter(`${sut.id}, ${set} keywords, ${action}: agrees with the oracle`, async () => {
      if (sut.runtime === 'jvm' && !needs('java')) return;
      const outcome = await runRequests({ sut: sut.id as SutName, seed: SEED, requests: REQUESTS, action, set });
      assert.equal(outcome.disagreements, []);
      const { requests, hits, kinds } = outcome;
      assert.ok(requests === REQUESTS && hits > requests / 4 && hits < requests * 0.9, `${requests}, ${hits} hits`);
      assert.is(kinds.has(REFUSED), sut.runtime === 'jvm', 'a target that is no URI');
      assert.equal(
        KINDS.filter((kind) => !kinds.has(kind) && (kind !== 'cut short' || !PASSES_SHORT_BODIES.includes(sut.id))),
        [],
        'what never came',
      );
    });
  }
}

filter.run();
