/** A real controller behind mutual TLS. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlClient } from '../../../controller/cli/client.ts';
import { channelCredentials, TlsFolder } from '../../../proto/index.ts';
import { Certificates } from '../../faults/world/certificates.ts';
import { type ControllerProcess, startController } from '../controller/process.ts';

const HOST = '127.0.0.1';

export interface TlsController extends ControllerProcess {
  /** of somebody who may come in */
  readonly shown: { readonly cert: Buffer; readonly key: Buffer };
}

export async function startTlsController(): Promise<TlsController> {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-bad-tls-'));
  const { tls } = await Certificates.make(dir, HOST);
  const folder = new TlsFolder({ dir: tls.cli, role: 'cli', log: () => undefined });
  const controller = await startController({
    args: (own) => ['--listen', `${HOST}:0`, '--tls-dir', tls.controller, '--results', join(own, 'results')],
    dial: async (address) => new ControlClient(address, '', await channelCredentials(address, folder)),
  });
  const read = (name: string) => readFileSync(join(tls.cli, name));
  return {
    ...controller,
    shown: { cert: read('tls.crt'), key: read('tls.key') },
    async stop() {
      await controller.stop();
      folder.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
