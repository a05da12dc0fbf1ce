/** A study's way through its states, each step on disk before the next thing happens. */

import { asBenchError } from '#proto';
import { advanced } from '../store/lifecycle.ts';
import type { StudyMeta } from '../store/meta.ts';
import type { StudyFolder } from '../store/results-folder.ts';

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
