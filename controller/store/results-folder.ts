/** A results folder: lock, recover, index. The controller and a local `hookbench run` open it in the same way.
 *
 * Two locks. Each study under way has one, held by who writes it: recovery leaves such a study alone. The folder has one that a controller
 * which serves agents holds as long as it runs. A local `run` takes only its study's: it writes into a folder of its own, and must not be
 * refused because a controller is there. */

import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asBenchError, BenchError } from '#proto';
import { createStudyStore } from './disk.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { openIndex, type StudyIndex } from './index-db.ts';
import { type Lock, takeLock } from './lock.ts';
import { isEnded, readMeta } from './meta.ts';
import { type Recovered, recoverStudy, removeEmptyStudy } from './recover.ts';
import { type RunFacts, runFacts } from './run-facts.ts';
import { segmentName } from './segment-name.ts';
import type { StudyStore } from './store.ts';
import { studyIds } from './study-row.ts';

export interface ResultsOptions {
  /** take the folder's own lock, as a controller does that serves agents */
  readonly exclusive: boolean;
  /** told line by line what was recovered */
  readonly say: (line: string) => void;
}

export interface StudyFolder {
  readonly store: StudyStore;
  /** Brings the index up to date; to be called when study.json has changed. */
  noted(): void;
  /** Lets the study's lock go. */
  release(): void;
}

/** @param dir made where it is not there
 * @throws BenchError busy when it is another controller's; ErrnoException EACCES, ENOSPC, … */
export function openResults(dir: string, o: ResultsOptions): ResultsFolder {
  const stateDir = stateDirOf(dir);
  mkdirSync(join(stateDir, 'running'), { recursive: true });
  const lock = o.exclusive ? lockFolder(stateDir) : null;
  try {
    const folder = new ResultsFolder(dir, lock, openIndex(stateDir));
    for (const line of folder.recover()) o.say(line);
    return folder;
  } catch (error) {
    lock?.release();
    throw error;
  }
}

export class ResultsFolder {
  readonly dir: string;
  readonly #lock: FolderLock | null;
  readonly #index: StudyIndex | null;
  recovered: readonly Recovered[] = [];

  constructor(dir: string, lock: FolderLock | null, index: StudyIndex | null) {
    this.dir = dir;
    this.#lock = lock;
    this.#index = index;
  }

  /** @returns what was found and done */
  recover(): string[] {
    const told: string[] = [];
    const done: Recovered[] = [];
    const before = this.#lock?.takenFrom ?? null;
    if (before !== null) told.push(`the controller with pid ${before.pid} on ${before.host} ended without a goodbye`);
    for (const name of folderNames(this.dir)) {
      if (removeEmptyStudy(join(this.dir, name))) told.push(`${name} was made and never planned: removed`);
    }
    for (const id of studyIds(this.dir)) {
      try {
        const found = this.#recoverOne(id);
        if (found === null) continue;
        done.push(found);
        told.push(...found.told);
      } catch (error) {
        told.push(`study ${id} could not be recovered: ${asBenchError(error).message}`);
      }
    }
    this.recovered = done;
    this.#index?.refresh();
    for (const { study, runs } of done) this.#index?.putRuns(study, runs);
    return told;
  }

  /** Makes the folder of a new study and takes its lock.
   * @throws ErrnoException EEXIST, EACCES, ENOSPC; BenchError busy */
  create(id: string): StudyFolder {
    const lock = takeLock(lockPathOf(this.dir, id));
    if (lock === 'taken') throw new BenchError('busy', `study ${id} is being written by another controller`);
    try {
      const store = this.#withEarlier(id, createStudyStore(this.dir, id));
      const noted = () => this.#noted(id, store);
      return { store, noted, release: () => this.#release(id, lock) };
    } catch (error) {
      this.#release(id, lock);
      throw error;
    }
  }

  /** The highest sequence of an agent's run that is on disk in any study; 0 when there is none. True also for a run that a controller before
   * this one stored: where the index does not know it, the segment is read.
   * @param o.without a study that is not asked */
  durable(agentId: string, runId: string, o: { readonly without?: string } = {}): number {
    const file = segmentName(agentId, runId);
    let highest = 0;
    for (const id of studyIds(this.dir)) {
      if (id === o.without) continue;
      const path = join(this.dir, id, 'samples', file);
      const bytes = statSync(path, { throwIfNoEntry: false })?.size;
      if (bytes === undefined) continue;
      highest = Math.max(highest, this.#factsOf(id, path, file, bytes)?.lastSequence ?? 0);
    }
    return highest;
  }

  /** a run of an agent goes on over many studies: what the others hold of it does not change any more */
  #withEarlier(id: string, store: StudyStore): StudyStore {
    const earlier = new Map<string, number>();
    const durable = (node: string, runId: string) => {
      const key = segmentName(node, runId);
      const before = earlier.get(key) ?? this.durable(node, runId, { without: id });
      earlier.set(key, before);
      return Math.max(before, store.durable(node, runId));
    };
    return { ...store, durable };
  }

  close(): void {
    this.#index?.close();
    this.#lock?.release();
  }

  #factsOf(id: string, path: string, file: string, bytes: number): RunFacts | null {
    const known = this.#index?.run(id, file, bytes) ?? null;
    if (known !== null) return known;
    try {
      const facts = runFacts(path, file);
      this.#index?.putRuns(id, [facts]);
      return facts;
    } catch {
      // no segment at all: nothing of the run is known to be there
      return null;
    }
  }

  #recoverOne(id: string): Recovered | null {
    const dir = join(this.dir, id);
    if (!hasStudy(dir) || isEnded(readMeta(dir).status)) return null;
    const lock = takeLock(lockPathOf(this.dir, id));
    // without locks nobody can tell whether it is still being written
    if (lock === 'taken' || lock === null) return null;
    try {
      return recoverStudy(dir, id);
    } finally {
      this.#release(id, lock);
    }
  }

  #noted(id: string, store: StudyStore): void {
    try {
      this.#index?.put(id);
      this.#index?.putRuns(id, store.runs());
    } catch {
      // a full disk: the index is behind until the next refresh, the study's own files are what counts
    }
  }

  #release(id: string, lock: Lock | null): void {
    if (lock === null) return;
    rmSync(lockPathOf(this.dir, id), { force: true });
    lock.release();
  }
}

/** Is somebody writing it this very moment? Only a process that takes a lock in vain knows. */
export function isBeingWritten(resultsDir: string, id: string): boolean {
  const path = lockPathOf(resultsDir, id);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
  const lock = takeLock(path);
  if (lock === 'taken') return true;
  lock?.release();
  return false;
}

export function stateDirOf(resultsDir: string): string {
  return join(resultsDir, '.hookbench');
}

function lockPathOf(resultsDir: string, id: string): string {
  return join(stateDirOf(resultsDir), 'running', `${id}.lock`);
}

function hasStudy(dir: string): boolean {
  return statSync(join(dir, 'study.json'), { throwIfNoEntry: false }) !== undefined;
}

function folderNames(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{8}-\d{6}-[0-9a-f]+$/.test(entry.name))
    .map((entry) => entry.name);
}
