/** What was done and what was found, round by round; every line says how to do it again. */

import type { Counts, Finding, Verdict } from './checker/check.ts';
import { openFinding } from './open-findings.ts';

export interface Injected {
  readonly atMs: number;
  readonly kind: string;
  readonly detail: string;
}

export interface Found extends Finding {
  readonly scenario: string;
  readonly seed: number;
  /** what was done to the study before */
  readonly after: string;
  /** why it is known already; null for a failure */
  readonly known: string | null;
}

export class Round {
  readonly scenario: string;
  readonly seed: number;
  readonly injected: Injected[] = [];
  readonly found: Found[] = [];
  readonly counts: { -readonly [K in keyof Counts]: number } = {
    ...{ offered: 0, stored: 0, dropped: 0, discarded: 0, counted: 0, died: 0 },
  };
  studies = 0;
  readonly #startedMs = performance.now();

  constructor(scenario: string, seed: number) {
    this.scenario = scenario;
    this.seed = seed;
  }

  inject(kind: string, detail = ''): void {
    this.injected.push({ atMs: Math.round(performance.now() - this.#startedMs), kind, detail });
  }

  /** @param after the fault that ended the study, or `finish` */
  finding(after: string, finding: Finding): void {
    const { scenario, seed } = this;
    this.found.push({ ...finding, scenario, seed, after, known: openFinding(finding.code, `${scenario}/${after}`) });
  }

  check(after: string, verdict: Verdict): void {
    this.studies += 1;
    for (const key of Object.keys(this.counts) as (keyof Counts)[]) this.counts[key] += verdict.counts[key];
    for (const finding of verdict.findings) this.finding(after, finding);
  }

  failures(): Found[] {
    return this.found.filter(({ known }) => known === null);
  }

  report(o: { full: boolean }): string {
    const { offered, stored, dropped, discarded, counted, died } = this.counts;
    const failures = this.failures().length;
    const lines = [
      `${failures === 0 ? 'ok  ' : 'FAIL'} ${this.scenario} seed ${this.seed}: ${this.injected.length} faults, ${this.studies} studies; samples: ${offered} offered, ${stored} stored, ${dropped} dropped, ${discarded} discarded, ${counted} counted as lost, ${died} died with their agent`,
    ];
    if (o.full || failures > 0)
      for (const { atMs, kind, detail } of this.injected) lines.push(`       ${atMs} ms  ${kind} ${detail}`.trimEnd());
    for (const { code, detail, after } of this.failures()) lines.push(`  FOUND ${code} after ${after}: ${detail}`);
    for (const line of this.#knownOnes()) lines.push(line);
    if (failures > 0) lines.push(`  again: npm run test:faults -- --scenario ${this.scenario} --round ${this.seed}`);
    return lines.join('\n');
  }

  /** once each, with the first of them in full */
  #knownOnes(): string[] {
    const open = this.found.filter(({ known }) => known !== null);
    const keys = [...new Set(open.map(({ code, after }) => `${code} after ${after}`))];
    return keys.map((key) => {
      const same = open.filter(({ code, after }) => `${code} after ${after}` === key);
      return `  known ${same.length} × ${key}: ${same[0]?.known}; e.g. ${same[0]?.detail}`;
    });
  }
}
