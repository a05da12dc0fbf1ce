// node-preload in the short form: every chunk that arrives on an accepted connection, against the oracle.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodePreload } from '../../../agent/mechanisms/node-preload.ts';
import { buildAddon } from '../../helpers/node-addon.ts';
import { runNode } from './run.ts';
import { SERVERS } from './steps.ts';

const SEED = 20261123;
const CHUNKS = 700;
const SITUATIONS = ['end of stream', 'reset', 'destroyed', 'paused', 'decoys', 'two requests at once'];

buildAddon();
const node = suite('conformance of node-preload');

for (const [set, action] of [
  ['default', 'observe'],
  ['hostile', 'trace'],
  ['hostile', 'block'],
  ['nul', 'observe'],
] as const) {
  node(`${set} keywords, ${action}: agrees with the oracle`, async () => {
    assert.is((await nodePreload.probe()).support, 'supported');
    const { chunks, hits, expected, disagreements } = await runNode({ seed: SEED, chunks: CHUNKS, action, set });
    assert.equal(disagreements, []);
    assert.ok(chunks >= CHUNKS && hits > chunks / 4 && hits < chunks * 0.9, `${chunks} chunks, ${hits} hits`);
    const blocked = action === 'block' ? SERVERS.map((name) => `blocked ${name}`) : [];
    const situations = [...SITUATIONS, ...SERVERS.map((name) => `server ${name}`), ...blocked];
    assert.equal(
      situations.filter((what) => !expected.seen.has(what)),
      [],
      'situations that never came',
    );
  });
}

node.run();
