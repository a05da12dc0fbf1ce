// app-filter in the short form: every request that a filtering SUT gets, against the oracle.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildAddon } from '../../helpers/node-addon.ts';
import { runRequests } from './run.ts';

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
  filter(`node-hello, ${set} keywords, ${action}: agrees with the oracle`, async () => {
    const outcome = await runRequests({ sut: 'node-hello', seed: SEED, requests: REQUESTS, action, set });
    assert.equal(outcome.disagreements, []);
    const { requests, hits, kinds } = outcome;
    assert.ok(requests === REQUESTS && hits > requests / 4 && hits < requests * 0.9, `${requests}, ${hits} hits`);
    assert.equal(
      KINDS.filter((kind) => !kinds.has(kind)),
      [],
      'what never came',
    );
  });
}

filter.run();
