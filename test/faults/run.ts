/** Rounds of scenarios, drawn from a seed, until there were as many faults as asked for. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '../helpers/random.ts';
import { needs } from '../helpers/require.ts';
import { Round } from './journal.ts';
import { oneOf, type Scenario, within } from './scenario.ts';
import { FOLDER } from './world/leftovers.ts';
import { inWorld, type World } from './world/undo.ts';

/** of rounds that take some 30 s on a machine of their own */
const ROUND_MS = 400_000;

export interface RunOptions {
  readonly seed: number;
  readonly faults: number;
  readonly scenarios: readonly Scenario[];
  readonly world: World;
  readonly tell: (line: string) => void;
  readonly full?: boolean;
}

/** Every scenario once, then by their weights. A scenario that this machine can't run is told and left out. */
export async function runMany(o: RunOptions): Promise<Round[]> {
  const { uniform, ...rest } = random(o.seed);
  const draw = { uniform, ...rest };
  const able = o.scenarios.filter((scenario) => isAble(scenario));
  const weighted = able.flatMap((scenario) => Array<Scenario>(scenario.weight).fill(scenario));
  const queue = [...able];
  const rounds: Round[] = [];
  let faults = 0;
  while (able.length > 0 && (queue.length > 0 || faults < o.faults)) {
    const scenario = queue.shift() ?? oneOf(draw, weighted);
    const seed = Math.floor(uniform() * 2 ** 31);
    const round = await runRound(scenario, { seed, world: o.world, brief: false });
    rounds.push(round);
    faults += round.injected.length;
    o.tell(round.report({ full: o.full ?? false }));
  }
  return rounds;
}

export function isAble(scenario: Scenario): boolean {
  return needs(...scenario.needs);
}

/** One round, and everything undone after it. A scenario that breaks off is a finding. */
export async function runRound(
  scenario: Scenario,
  o: { seed: number; world: World; brief: boolean; keep?: boolean },
): Promise<Round> {
  const round = new Round(scenario.name, o.seed);
  const dir = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`));
  try {
    await inWorld(o.world, async (world) => {
      if (o.keep !== true) world.later('the folder of a round', () => rmSync(dir, { recursive: true, force: true }));
      const work = scenario.run({ world, dir, random: random(o.seed), seed: o.seed, round, brief: o.brief });
      await within('the round', ROUND_MS, work);
    });
  } catch (error) {
    round.finding('breaking off', { code: 'broke-off', detail: String((error as Error).stack ?? error) });
  }
  return round;
}
