// The fault suite in its short form: every scenario once, brief, with the code of the long form, two at a time.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Round } from './journal.ts';
import { isAble, runRound } from './run.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/registry.ts';
import { undoLeftovers } from './world/leftovers.ts';
import { World } from './world/undo.ts';

const SEED = 20261123;

const faults = suite('faults, the short form');
const world = new World();
// the runner ends a test that takes too long: what was done to the machine is undone all the same
process.once('SIGTERM', () => void world.close().then(() => process.exit(1)));
/** Two at a time: much of a round is waiting. A round that breaks off is a finding of it, never a rejection. */
const lanes: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()];
const rounds = new Map<Scenario, Promise<Round>>();

faults.before(() => {
  undoLeftovers();
  for (const [i, scenario] of SCENARIOS.filter(isAble).entries()) {
    const round = lanes[i % 2 === 0 ? 0 : 1].then(() => runRound(scenario, { seed: SEED, world, brief: true }));
    lanes[i % 2 === 0 ? 0 : 1] = round;
    rounds.set(scenario, round);
  }
});
faults.after(async () => {
  assert.equal(await world.close(), [], 'everything is undone');
});

for (const scenario of SCENARIOS) {
  faults(`${scenario.name}: ${scenario.about}`, async () => {
    const round = await rounds.get(scenario);
    // this machine can't run it, as was said
    if (round === undefined) return;
    process.stdout.write(`${round.report({ full: false })}\n`);
    assert.equal(round.failures(), [], round.report({ full: true }));
    assert.ok(round.injected.length > 0 && round.studies > 0, 'something was injected and checked');
  });
}

faults.run();
