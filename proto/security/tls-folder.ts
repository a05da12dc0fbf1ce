/** The certificates of a process, read again when their files change. What can't be used is told and never taken: the last good ones stay. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { asBenchError } from '../errors.ts';
import type { Role } from './identity.ts';
import { readTlsFolder, type TlsMaterial } from './tls-material.ts';

/** three stat calls each: a secret that Kubernetes swaps by a link is seen as well as a file that is renamed over */
const LOOK_EVERY_MS = 2_000;
const FILES = ['tls.crt', 'tls.key', 'ca.crt'] as const;

export interface TlsFolderOptions {
  readonly dir: string;
  readonly role: Role;
  readonly log: (line: string) => void;
  /** how often the files are looked at, ms */
  readonly lookEveryMs?: number;
}

export class TlsFolder {
  readonly #o: TlsFolderOptions;
  readonly #listeners = new Set<(material: TlsMaterial) => void>();
  readonly #timer: NodeJS.Timeout;
  #material: TlsMaterial;
  #seen: string;

  /** @throws BenchError usage when what is there now can't be used */
  constructor(o: TlsFolderOptions) {
    this.#o = o;
    this.#seen = stamp(o.dir);
    this.#material = readTlsFolder(o.dir, o.role);
    this.#timer = setInterval(() => this.#look(), o.lookEveryMs ?? LOOK_EVERY_MS);
    this.#timer.unref();
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** Called with new certificates, when there are any. @returns ends that */
  onChange(listener: (material: TlsMaterial) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const seen = stamp(this.#o.dir);
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      const material = readTlsFolder(this.#o.dir, this.#o.role);
      const { name } = this.#material.identity;
      if (material.identity.name !== name)
        throw new Error(`they are of ${material.identity.name}, and this process is ${name}: restart it for that`);
      this.#material = material;
      this.#o.log(`new certificates from ${this.#o.dir}, valid until ${material.notAfter.toISOString()}`);
      for (const listener of this.#listeners) listener(material);
    } catch (error) {
      // a file may still be on its way: the next change is looked at again
      const { message } = asBenchError(error);
      this.#o.log(`the certificates in ${this.#o.dir} changed and can't be used, the ones before stay: ${message}`);
    }
  }
}

function stamp(dir: string): string {
  return FILES.map((name) => {
    const stat = statSync(join(dir, name), { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? 'gone' : `${stat.dev}:${stat.ino}:${stat.mtimeNs}:${stat.size}`;
  }).join(' ');
}
