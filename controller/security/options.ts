/** How others may reach the controller, from its options: on loopback by a token, from anywhere else by certificates. */

import { BenchError, isLoopback, MAKE_TOKEN, readTokenFile, TlsFolder } from '#proto';

export interface Access {
  /** '' when certificates are asked for and no token besides */
  readonly token: string;
  /** null on loopback without certificates */
  readonly folder: TlsFolder | null;
}

/** @throws BenchError usage when it would be open to others, or to other users of this host */
export function accessOf(o: {
  listen: string;
  tokenFile: string | undefined;
  tlsDir: string | undefined;
  log: (line: string) => void;
}): Access {
  const token = o.tokenFile === undefined ? '' : readTokenFile(o.tokenFile);
  if (o.tlsDir !== undefined)
    return { token, folder: new TlsFolder({ dir: o.tlsDir, role: 'controller', log: o.log }) };
  if (!isLoopback(o.listen))
    throw new BenchError('usage', `--listen ${o.listen} is open to others and there are no certificates`, {
      nextStep:
        'give --tls-dir DIR (hookbench certs issue controller makes one), or listen on 127.0.0.1 with --token-file',
    });
  if (token === '')
    throw new BenchError('usage', 'every user of this host could reach this controller: it needs a token', {
      nextStep: `give --token-file FILE; ${MAKE_TOKEN}`,
    });
  return { token, folder: null };
}
