/** A study's way through its states, each step on disk before the next thing happens. */

import { asBenchError, type BenchError } from '#proto';
import { advanced } from '../store/lifecycle.ts';
import type { StudyMeta } from '../store/meta.ts';
import type { StudyFolder } from '../store/results-folder.ts';

const LOOK_EVERY_MS = 100;

export class StudyLife {
  readonly #folder: StudyFolder;
  #meta: StudyMeta;

  /** Writes study.json as it is planned. @throws ErrnoException ENOSPC, … */
  constructor(folder: StudyFolder, planned: StudyMeta) {
    this.#folder = folder;
    this.#meta = planned;
    this.#save(planned);
  }

  /** @throws ErrnoException ENOSPC, …: the state is then what it was; BenchError internal when there is no such step */
  to(change: Parameters<typeof advanced>[1]): void {
    this.#save(advanced(this.#meta, change));
  }

  /** The end: as soon as there is room for it where the disk is full. What is still not stored then, the next start calls interrupted.
   * @param o.waiting told once, when it has to wait
   * @throws ErrnoException, once `mostMs` are over */
  async end(
    change: Parameters<typeof advanced>[1],
    o: { readonly mostMs: number; readonly waiting: (why: BenchError) => void },
  ): Promise<void> {
    const deadlineMs = performance.now() + o.mostMs;
    for (let tries = 0; ; tries++) {
      try {
        this.to(change);
        return;
      } catch (error) {
        const why = asBenchError(error);
        if (why.code !== 'disk-full' || performance.now() > deadlineMs) throw error;
        if (tries === 0) o.waiting(why);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
  }

  /** What must succeed for the study to begin: where it does not, the study has failed. @throws what `work` threw */
  orFailed<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { code, message: detail } = asBenchError(error);
      const warnings = [...this.#meta.warnings, { code, detail }];
      try {
        this.to({ status: 'failed', finishedAt: new Date().toISOString(), warnings });
      } catch {
        // the disk that is full for the plan is full for this too: the next start says that it was interrupted
      }
      throw error;
    }
  }

  #save(meta: StudyMeta): void {
    this.#folder.store.saveMeta(meta);
    this.#meta = meta;
    this.#folder.noted();
  }
}
