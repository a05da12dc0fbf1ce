/** Whether who dialled may come in at all: a certificate of our CA, valid now, made for clients, of an agent or a CLI. */

import type { TLSSocket } from 'node:tls';
import { BenchError, identityOf, tellIdentity } from '#proto';

const ISSUE = 'hookbench certs issue makes one from the CA that the controller trusts';

/** what OpenSSL found → what to say and what to do about it */
const VERIFY: readonly (readonly [RegExp, string, string])[] = [
  [/HAS_EXPIRED/, 'has expired', 'hookbench certs rotate its --tls-dir; a running process takes the new one by itself'],
  [/NOT_YET_VALID/, 'is not valid yet', 'look at the clocks of both machines'],
  [/PURPOSE/, 'is not made for clients (extended key usage)', ISSUE],
  [/SELF_SIGNED|UNABLE_TO|CERT_SIGNATURE/, 'is from a CA that is not trusted here', ISSUE],
];

/** @returns null when it may come in */
export function refusalOf(socket: TLSSocket): BenchError | null {
  const certificate = socket.getPeerCertificate();
  if (certificate.raw === undefined) return refused('no certificate was shown', `give --tls-dir; ${ISSUE}`);
  const identity = identityOf(certificate.subjectaltname);
  const whose = identity === null ? 'the certificate' : `the certificate of ${tellIdentity(identity)}`;
  if (!socket.authorized) {
    // typed as an Error, it is the code of OpenSSL's answer
    const code = String(socket.authorizationError);
    const [, what, nextStep] = VERIFY.find(([pattern]) => pattern.test(code)) ?? [null, `is not good: ${code}`, ISSUE];
    return refused(`${whose} ${what}${/EXPIRED/.test(code) ? ` (on ${certificate.valid_to})` : ''}`, nextStep);
  }
  if (identity === null) return refused('the certificate names nobody of hookbench', ISSUE);
  if (identity.role === 'controller')
    return refused('a controller does not dial a controller', 'give the agent or the CLI a certificate of its own');
  return null;
}

function refused(message: string, nextStep: string): BenchError {
  return new BenchError('refused', message, { nextStep });
}
