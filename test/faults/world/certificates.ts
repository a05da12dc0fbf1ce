/** Certificates made by the product, good ones and bad ones. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { issue } from '../../../controller/security/authority.ts';
import { initAuthority, issueInto } from '../../../controller/security/authority-folder.ts';
import type { Role } from '../../../proto/index.ts';

const SECONDS_A_DAY = 86_400;

export class Certificates {
  readonly #dir: string;
  readonly #host: string;

  private constructor(dir: string, host: string) {
    this.#dir = dir;
    this.#host = host;
  }

  /** @param host address under which the controller is dialled */
  static async make(dir: string, host: string): Promise<Certificates> {
    const made = new Certificates(dir, host);
    mkdirSync(dir, { recursive: true });
    for (const ca of ['ca', 'other-ca']) await initAuthority(join(dir, ca), { days: 2, name: ca });
    await issueInto(join(dir, 'controller'), {
      ...{ ca: join(dir, 'ca'), identity: { role: 'controller', name: '' }, days: 1 },
      hosts: [host, '127.0.0.1'],
    });
    await made.folder('cli', 'alice');
    return made;
  }

  /** what a controller is started with */
  get tls(): { controller: string; cli: string; host: string } {
    return { controller: join(this.#dir, 'controller'), cli: join(this.#dir, 'cli-alice'), host: this.#host };
  }

  /** A folder for this name; issued again when it is there already. @param seconds how long it is valid */
  async folder(role: Role, name: string, seconds = SECONDS_A_DAY): Promise<string> {
    const folder = join(this.#dir, `${role}-${name}`);
    const days = seconds / SECONDS_A_DAY;
    if (!existsSync(folder)) {
      await issueInto(folder, { ca: join(this.#dir, 'ca'), identity: { role, name }, hosts: [], days });
      return folder;
    }
    const { cert, key } = await issue(this.#authority('ca'), { identity: { role, name }, hosts: [], days });
    writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'tls.crt'), cert);
    return folder;
  }

  /** What a caller shows who takes no advice: no check of ours stands before the controller's. */
  async shown(o: { ca?: string; role: Role; name: string; seconds?: number }): Promise<ChannelCredentials> {
    const { cert, key } = await issue(this.#authority(o.ca ?? 'ca'), {
      ...{ identity: { role: o.role, name: o.name }, hosts: [] },
      days: (o.seconds ?? SECONDS_A_DAY) / SECONDS_A_DAY,
    });
    return credentials.createSsl(this.#trusted(), Buffer.from(key), Buffer.from(cert));
  }

  nothingShown(): ChannelCredentials {
    return credentials.createSsl(this.#trusted());
  }

  #trusted(): Buffer {
    return readFileSync(join(this.#dir, 'ca', 'ca.crt'));
  }

  #authority(name: string) {
    const read = (file: string) => readFileSync(join(this.#dir, name, file), 'utf8');
    return { cert: read('ca.crt'), key: read('ca.key') };
  }
}
