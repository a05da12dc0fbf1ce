/** A study as it will run: every default filled in, every name checked. */

export interface PlannedSut {
  readonly id: string;
  /** samples each fresh instance gives before it is measured */
  readonly warmup: number;
  /** samples in one unit of work */
  readonly unitSamples: number;
}

export interface ResolvedStudy {
  readonly id: string;
  readonly seed: number;
  readonly suts: readonly PlannedSut[];
  /** live inside the process: alternated request by request */
  readonly placed: readonly string[];
  /** attached from outside: around slices */
  readonly attached: readonly string[];
  /** mechanisms without an arm on a SUT they have nothing to do with */
  readonly unsuited: readonly UnsuitedPair[];
  /** read from beside attached mechanisms, without being watched; null or absent: none */
  readonly bystander?: PlannedSut | null;
  readonly conditions: readonly string[];
  readonly action: string;
  /** what the hook is put in front of */
  readonly functions: readonly string[];
  /** name of the error that a blocked read fails with; null unless the action is block */
  readonly blockErrno: string | null;
  /** per arm over all forks, warm-up of one fork included */
  readonly requests: number;
  /** the user's fixed warm-up, null for each SUT's own */
  readonly warmup: number | null;
  /** the user's least warm-up, null for each SUT's own */
  readonly warmupFloor: number | null;
  /** goes on past `forks` until intervals are narrow; null for exactly `forks` */
  readonly until: Until | null;
  readonly forks: number;
  readonly blocks: number;
  readonly keywords: readonly Uint8Array[];
  readonly requestBytes: number;
  readonly marginNs: number | null;
  readonly command: string;
}

export interface UnsuitedPair {
  readonly sut: string;
  readonly mechanism: string;
  /** the mechanism's own sentence; absent in studies of before 2026-11-23 */
  readonly why?: string;
}

/** What ends a study that adds forks as it goes. `forks` says then how large one fork is: requests are spread over so many. */
export interface Until {
  /** half-width that the interval of each comparison must reach, ns */
  readonly halfWidthNs: number;
  /** MECHANISM or SUT/MECHANISM; empty for every comparison */
  readonly only: readonly string[];
  readonly budgetMs: number;
}

/** arm numbers: 0 none, 1 none again (A/A), then placed, then attached */
export interface PlannedArm {
  readonly index: number;
  readonly mechanism: string;
  readonly aa: boolean;
  readonly design: 'both' | 'alternated' | 'sliced';
}

export function armsOf(study: ResolvedStudy): PlannedArm[] {
  const design = study.attached.length === 0 ? 'alternated' : study.placed.length === 0 ? 'sliced' : 'both';
  const arms = [
    { mechanism: 'none', aa: false, design },
    { mechanism: 'none', aa: true, design },
    ...study.placed.map((mechanism) => ({ mechanism, aa: false, design: 'alternated' as const })),
    ...study.attached.map((mechanism) => ({ mechanism, aa: false, design: 'sliced' as const })),
  ] satisfies Omit<PlannedArm, 'index'>[];
  return arms.map((arm, index) => ({ index, ...arm }));
}

/** Is there an arm of the mechanism on the SUT? */
export function suits(study: ResolvedStudy, sut: string, mechanism: string): boolean {
  return !study.unsuited.some((pair) => pair.sut === sut && pair.mechanism === mechanism);
}

/** the arms of one SUT; the numbers are the study's */
export function armsOn(study: ResolvedStudy, sut: string): PlannedArm[] {
  return armsOf(study).filter(({ mechanism }) => suits(study, sut, mechanism));
}

/** Requests measured per arm, design and SUT: what was asked for less one warm-up, rounded up to whole units. Under block those with a
 * keyword give no sample, see timedPerArm. */
export function measuredPerArm(study: ResolvedStudy, sut: PlannedSut): number {
  const wanted = Math.max(0, study.requests - warmupOf(study, sut));
  return Math.ceil(wanted / sut.unitSamples) * sut.unitSamples;
}

/** The units of an arm are spread over forks × blocks as evenly as whole units allow. */
export function unitsOfBlock(study: ResolvedStudy, sut: PlannedSut, fork: number, block: number): number {
  const units = measuredPerArm(study, sut) / sut.unitSamples;
  const parts = study.forks * study.blocks;
  const part = fork * study.blocks + block;
  return Math.floor((units * (part + 1)) / parts) - Math.floor((units * part) / parts);
}

/** Samples an arm should have over the first `forks`, which may be more than were planned. Under block only requests without a keyword are
 * timed, of each block the larger half. */
export function timedPerArm(study: ResolvedStudy, sut: PlannedSut, forks: number = study.forks): number {
  let units = 0;
  for (let fork = 0; fork < forks; fork++) {
    for (let block = 0; block < study.blocks; block++) {
      const inBlock = unitsOfBlock(study, sut, fork, block);
      units += study.action === 'block' ? Math.ceil(inBlock / 2) : inBlock;
    }
  }
  return units * sut.unitSamples;
}

export function warmupOf(study: ResolvedStudy, sut: PlannedSut): number {
  return study.warmup ?? study.warmupFloor ?? sut.warmup;
}
