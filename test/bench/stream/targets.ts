/** The project's targets, held against what was measured. Nothing fails for them. */

import type { StreamRow } from './result.ts';

export interface Target {
  readonly text: string;
  /** null where its rows were not in this run */
  readonly reached: boolean | null;
}

export function targetsOf(rows: readonly StreamRow[]): Target[] {
  const row = (id: string) => rows.find((one) => one.id === id);
  const [flat, steady] = [row('flat'), row('steady')];
  const many = row('agents-1000');
  const mtls = row('flat-mtls');
  return [
    target('one agent decodes and stores at least 5 M samples/s', flat, (of) => of.samplesPerS.median >= 5e6),
    target('at most 0.1 CPU seconds per million at the agent', flat, (of) => of.senderCpu.median <= 0.1),
    target('at most 0.1 CPU seconds per million at the controller', flat, (of) => of.receiverCpu.median <= 0.1),
    target('an agent at 1 M samples/s: under 10 % of a core', steady, (of) => of.senderCore.median < 0.1),
    target('an agent at 1 M samples/s: under 110 MB', steady, (of) => of.senderRssMib.median * 1.048576 < 110),
    target(
      'a sample of 1,000 agents costs at most 1.5 of one agent’s',
      many,
      (of) => (of.cpuOfBase?.median ?? Number.NaN) <= 1.5,
    ),
    target('mTLS costs under 1.5 of plain', mtls, (of) => (of.cpuOfBase?.median ?? Number.NaN) < 1.5),
  ];
}

function target(text: string, row: StreamRow | undefined, isReached: (row: StreamRow) => boolean): Target {
  return { text, reached: row === undefined ? null : isReached(row) };
}
