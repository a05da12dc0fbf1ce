/** npm run test:faults */

import { parseArgs } from 'node:util';
import type { Round } from './journal.ts';
import { isAble, runMany, runRound } from './run.ts';
import { SCENARIOS } from './scenarios/registry.ts';
import { undoLeftovers } from './world/leftovers.ts';
import { World } from './world/undo.ts';

const USAGE = `Usage: npm run test:faults -- [--faults N] [--seed N] [--scenario a,b] [--round SEED] [--strict] [--full] [--keep]

Injects faults into real controllers, agents and studies, and lets a checker that shares no code with the product compare what agents
say they measured with what is stored: every sample acknowledged exactly once, every loss counted.

  --faults N         at least so many (default: 1000)
  --seed N           the same seed draws the same rounds (default: drawn, and printed)
  --scenario a,b     only these: ${SCENARIOS.map(({ name }) => name).join(', ')}
  --round SEED       one round of each scenario named, with the seed that a failure printed
  --brief            rounds as short as in CI
  --strict           what is known to be open fails, too
  --full             every fault with its time, also of rounds without a failure
  --keep             leave the folders of rounds behind

Exit codes: 0 nothing lost uncounted, nothing doubled; 1 a finding; 2 bad usage; 3 nothing could be run here; 4 interrupted.
`;

const world = new World();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const { scenarios, seed, tell } = options;
  undoLeftovers();
  if (!scenarios.some((scenario) => isAble(scenario))) return 3;
  const rounds: Round[] = [];
  if (options.round === null) {
    tell(`faults: seed ${seed}, at least ${options.faults} faults`);
    rounds.push(...(await runMany({ ...options, world })));
  } else {
    for (const scenario of scenarios) {
      const round = await runRound(scenario, { ...options, seed: options.round, world });
      tell(round.report(options));
      rounds.push(round);
    }
  }
  return summarise(rounds, options);
}

function summarise(rounds: readonly Round[], o: { strict: boolean; tell: (line: string) => void }): number {
  const faults = rounds.reduce((sum, { injected }) => sum + injected.length, 0);
  const found = rounds.flatMap((round) => round.found);
  const failures = found.filter(({ known }) => known === null || o.strict);
  const kinds = new Map<string, number>();
  for (const { kind } of rounds.flatMap(({ injected }) => injected)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  o.tell([...kinds].map(([kind, n]) => `${n} ${kind}`).join(', '));
  o.tell(
    `${faults} faults in ${rounds.length} rounds, ${rounds.reduce((sum, { studies }) => sum + studies, 0)} studies checked: ${failures.length} failures, ${found.length - failures.length} known findings`,
  );
  return failures.length > 0 ? 1 : 0;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        faults: { type: 'string', default: '1000' },
        seed: { type: 'string' },
        scenario: { type: 'string' },
        round: { type: 'string' },
        brief: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const names = values.scenario?.split(',') ?? SCENARIOS.map(({ name }) => name);
    const scenarios = names.map((name) => {
      const found = SCENARIOS.find((scenario) => scenario.name === name);
      if (found === undefined) throw new Error(`no scenario '${name}'`);
      return found;
    });
    return {
      ...{ scenarios, brief: values.brief, strict: values.strict, full: values.full, keep: values.keep },
      faults: whole('--faults', values.faults),
      seed: whole('--seed', values.seed ?? String(Date.now() % 1_000_000)),
      round: values.round === undefined ? null : whole('--round', values.round),
      tell: (line: string) => void process.stdout.write(`${line}\n`),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} takes a whole number, not '${text}'`);
  return value;
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    process.stderr.write('faults: undoing everything\n');
    void world.close().then((left) => {
      for (const line of left) process.stderr.write(`faults: not undone: ${line}\n`);
      process.exit(4);
    });
  });
}
process.exit(await main());
