/** A controller that runs already, on this host or another: its address, and what we show it. */

import { BenchError, channelCredentials, isLoopback, MAKE_TOKEN, readTokenFile, TlsFolder } from '#proto';
import { ControlClient } from './client.ts';

export interface RemoteOptions {
  controller?: string;
  tlsDir?: string;
  tokenFile?: string;
}

export const REMOTE_OPTIONS = [
  ['--controller <address>', 'HOST:PORT of a controller that runs already, instead of one of our own'],
  [
    '--tls-dir <dir>',
    'with --controller: folder with our tls.crt, tls.key and ca.crt (hookbench certs issue cli NAME)',
  ],
  ['--token-file <file>', 'with --controller on loopback: file with its secret'],
] as const;

/** @returns null when no controller is named. @throws BenchError usage */
export async function remoteClient(o: RemoteOptions): Promise<ControlClient | null> {
  if (o.controller === undefined) {
    if (o.tlsDir === undefined && o.tokenFile === undefined) return null;
    throw new BenchError('usage', '--tls-dir and --token-file are for a controller that runs already', {
      nextStep: 'name it: --controller HOST:PORT',
    });
  }
  const log = (line: string) => process.stderr.write(`hookbench: ${line}\n`);
  const folder = o.tlsDir === undefined ? null : new TlsFolder({ dir: o.tlsDir, role: 'cli', log });
  const credentials = await channelCredentials(o.controller, folder);
  if (folder === null && o.tokenFile === undefined && isLoopback(o.controller))
    throw new BenchError('usage', `the controller at ${o.controller} asks for its token`, {
      nextStep: `give its --token-file; ${MAKE_TOKEN}`,
    });
  const token = o.tokenFile === undefined ? '' : readTokenFile(o.tokenFile);
  return new ControlClient(o.controller, token, credentials);
}
