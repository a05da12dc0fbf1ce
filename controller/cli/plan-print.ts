/** A plan and its proposals on the terminal. */

import type { Outline } from '../plan/outline.ts';
import type { ProposalGoal, ProposalRow } from '../plan/proposals.ts';
import { CERTAINTY } from '../plan/size.ts';

export function renderOutline(o: Outline): string {
  const head = [
    `${o.forks} forks × ${o.blocks} blocks; ${o.conditions.join(', ')}; action ${o.action}; seed ${o.seed}; order ${o.orderSha256.slice(0, 16)}`,
    `${count(o.requestsInAll)} requests in all; about ${clock(o.expectedS)} (${o.expectedFrom})`,
    '',
  ];
  const rows = o.cells.map((cell) => {
    const against = cell.treated === 'none' ? 'none against none (A/A)' : `${cell.treated} against none`;
    return [
      cell.sut,
      cell.design,
      against,
      `${count(cell.pairs)} pairs, ${count(cell.pairsPerBlock)} a block`,
      `warm-up from ${count(cell.warmupFloor)} a fork`,
    ];
  });
  return [...head, ...table(rows), ...o.notices.map(({ detail }) => `! ${detail}`), ''].join('\n');
}

/** `6 forks × 4 blocks, 120,000 requests in all, about 2 min 4 s` */
export function renderOutlineLine({ forks, blocks, requestsInAll, expectedS }: Outline): string {
  return `${forks} forks × ${blocks} blocks, ${count(requestsInAll)} requests in all, about ${clock(expectedS)}\n`;
}

/** a line for each row, its command last; nothing else */
export function renderProposalLines(rows: readonly ProposalRow[], goal: ProposalGoal): string {
  const told = rows.map(({ pilot, proposal, command }) => {
    const name = `${pilot.sut}: ${pilot.treated}`;
    if (proposal.kind !== 'reachable') return `${name}: not within ${clock(goal.mostMs / 1000)} and 1,000 forks`;
    return `${name}: about ${clock(proposal.expectedMs / 1000)}: ${command}`;
  });
  return `${told.join('\n')}\n`;
}

export function renderProposals(rows: readonly ProposalRow[], goal: ProposalGoal, pilotDir: string): string {
  const asked = `${us(goal.detectNs)} with probability ${goal.power} at α = ${goal.alpha}`;
  const head = [
    `To find a median shift of ${asked}, from the pilot ${pilotDir}:`,
    `variances are taken at the upper end of their one-sided ${CERTAINTY * 100} % interval; in brackets: forks at both ends of the 80 % interval;`,
    'more where the probability over pilots like this one would still fall short',
    '',
  ];
  return [...head, ...rows.flatMap((row) => renderRow(row, goal)), ''].join('\n');
}

function renderRow({ pilot, proposal, command }: ProposalRow, goal: ProposalGoal): string[] {
  const name = `${pilot.sut}: ${pilot.treated} (${pilot.design}${pilot.condition === 'process' ? '' : `, ${pilot.condition}`})`;
  const sd = (square: { value: number } | null) => (square === null ? 'unknown' : us(Math.sqrt(square.value)));
  const seen = `  pilot: sd ${sd(pilot.forks)} between forks' means, ${sd(pilot.blocks)} between blocks, ${sd(pilot.requests)} of that by requests alone`;
  const size = `${proposal.forks} forks × ${proposal.blocks} blocks × ${count(proposal.perBlock)} requests`;
  if (proposal.kind === 'reachable') {
    const range = `[${proposal.forksLow}, ${proposal.forksHigh}]`;
    return [name, seen, `  ${size} ${range}, about ${clock(proposal.expectedMs / 1000)}`, `  ${command}`, ''];
  }
  const most = `  not within ${clock(goal.mostMs / 1000)} and 1,000 forks`;
  if (proposal.forks === 0) return [name, seen, `${most}: that is too short for 4 forks; give more with --most`, ''];
  return [name, seen, `${most}; ${size} would find ${us(proposal.detectableNs)}`, ''];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

function us(ns: number): string {
  return ns < 1000 ? `${Math.round(ns)} ns` : `${(ns / 1000).toPrecision(3)} µs`;
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
