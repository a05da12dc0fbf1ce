/** A pilot → one proposal for each comparison, with the command that runs it. Pure. */

import type { StudyRecord } from '../analysis/record.ts';
import { SETTLE_UNITS } from './plan.ts';
import { type Proposal, proposeSize } from './size.ts';
import type { PlannedSut } from './study.ts';
import { sutMs, type Timing } from './timing.ts';
import { type PilotVariance, pilotVariances } from './variance.ts';

export interface ProposalRow {
  readonly pilot: PilotVariance;
  readonly proposal: Proposal;
  /** copy and run; empty where nothing within the limits is enough */
  readonly command: string;
}

export interface ProposalGoal {
  readonly detectNs: number;
  readonly power: number;
  readonly alpha: number;
  readonly mostMs: number;
  /** the study's SUTs with the warm-up that each fresh instance gets */
  readonly suts: readonly PlannedSut[];
  readonly timing: Timing;
  /** the user's options that change what is measured, to be said again: ["--action", "trace"] */
  readonly sameOptions: readonly string[];
}

/** what the planner and the agents take at most */
const MOST_FORKS = 1000;
/** two of none and one more */
const ARMS = 3;

/** @param study the pilot, with samples */
export function proposals(study: StudyRecord, goal: ProposalGoal): readonly ProposalRow[] {
  return pilotVariances(study).flatMap((pilot) => {
    const sut = goal.suts.find(({ id }) => id === pilot.sut);
    return sut === undefined ? [] : [proposalFor(pilot, sut, goal)];
  });
}

function proposalFor(pilot: PilotVariance, sut: PlannedSut, goal: ProposalGoal): ProposalRow {
  const { detectNs, power, alpha, mostMs, timing } = goal;
  const alternatedArms = pilot.design === 'alternated' ? ARMS : 0;
  const attachMs = pilot.design === 'sliced' ? timing.attachMs : 0;
  const forkMs = (blocks: number, perBlock: number) => {
    const settled = perBlock + SETTLE_UNITS * sut.unitSamples;
    const shape = {
      sut,
      warmup: sut.warmup,
      blocks,
      perBlock: settled,
      alternatedArms,
      slicedArms: ARMS - alternatedArms,
    };
    return timing.startMs + blocks * attachMs + sutMs(timing, shape);
  };
  const limits = { detectNs, power, alpha, mostMs, mostForks: MOST_FORKS, unitSamples: sut.unitSamples, forkMs };
  const proposal = proposeSize(pilot, limits);
  const command = proposal.kind === 'reachable' ? commandOf(pilot, sut, proposal, goal.sameOptions) : '';
  return { pilot, proposal, command };
}

function commandOf(
  { sut: id, treated, condition }: PilotVariance,
  sut: PlannedSut,
  size: Proposal,
  sameOptions: readonly string[],
): string {
  const requests = sut.warmup + size.forks * size.blocks * size.perBlock;
  const conditions = condition === 'process' ? [] : ['--conditions', condition];
  const numbers = ['--requests', requests, '--forks', size.forks, '--blocks', size.blocks];
  return ['hookbench run', '--sut', id, '--mechanisms', treated, ...numbers, ...conditions, ...sameOptions].join(' ');
}
