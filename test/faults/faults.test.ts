// The fault suite in its short form: every scenario once, brief, with the code of the long form.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAble, runRound } from './run.ts';
import { SCENARIOS } from './scenarios/registry.ts';
import { undoLeftovers } from './world/leftovers.ts';
import { World } from './world/undo.ts';

const SEED = 20261123;

const faults = suite('faults, the short form');
const world = new World();
// the runner ends a test that takes too long: what was done to the machine is undone all the same
process.once('SIGTERM', () => void world.close().then(() => process.exit(1)));
faults.before(undoLeftovers);
faults.after(async () => {
  assert.equal(await world.close(), [], 'everything is undone');
});

for (const scenario of SCENARIOS) {
  faults(`${scenario.name}: ${scenario.about}`, async () => {
    if (!isAble(scenario)) return;
    const round = await runRound(scenario, { seed: SEED, world, brief: true });
    process.stdout.write(`${round.report({ full: false })}\n`);
    assert.equal(round.failures(), [], round.report({ full: true }));
    assert.ok(round.injected.length > 0 && round.studies > 0, 'something was injected and checked');
  });
}

faults.run();
