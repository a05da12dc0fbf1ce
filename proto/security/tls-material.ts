/** A folder with tls.crt, tls.key and ca.crt (the layout of a Kubernetes TLS secret), read and checked before it is used. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../errors.ts';
import { type Identity, identityOf, type Role, tellIdentity } from './identity.ts';
import { readSecret } from './secret-file.ts';

export interface TlsMaterial {
  readonly identity: Identity;
  /** PEM: the certificate, and intermediates behind it */
  readonly cert: Buffer;
  readonly key: Buffer;
  /** PEM: every CA that is trusted */
  readonly ca: Buffer;
  readonly notAfter: Date;
  /** SHA-256 of the certificate, as openssl prints it */
  readonly fingerprint: string;
}

const LONGEST_CHAIN = 8;

/** @param role whose certificate it must be; null for any. @throws BenchError usage that names the file and what to do */
export function readTlsFolder(dir: string, role: Role | null, now: Date = new Date()): TlsMaterial {
  const cert = readPublic(join(dir, 'tls.crt'));
  const ca = readPublic(join(dir, 'ca.crt'));
  // a group of its own may read the key: that is how Kubernetes mounts a secret for a user that is not root
  const key = readSecret(join(dir, 'tls.key'), { what: 'the private key', forbidden: 0o037 });
  const [leaf, ...intermediates] = certificatesIn(cert, join(dir, 'tls.crt'));
  const identity = identityOf(leaf!.subjectAltName);
  checkKey(leaf!, key, dir);
  checkDates(leaf!, now, dir);
  checkIssued(leaf!, intermediates, certificatesIn(ca, join(dir, 'ca.crt')), dir);
  if (identity === null)
    throw refuse(dir, 'is not one of hookbench: it needs one URI such as hookbench://agent/NODE among its names');
  if (role !== null && identity.role !== role)
    throw refuse(dir, `is of ${tellIdentity(identity)}; here one of role ${role} is needed`);
  return { identity, cert, key, ca, notAfter: new Date(leaf!.validTo), fingerprint: leaf!.fingerprint256 };
}

/** @throws BenchError usage for a file without a certificate */
export function certificatesIn(pem: Buffer, path: string): X509Certificate[] {
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new BenchError('usage', `${path} holds a certificate that can't be read`, { cause });
  }
  throw new BenchError('usage', `${path} holds no certificate in PEM form`);
}

function checkKey(leaf: X509Certificate, key: Buffer, dir: string): void {
  let fits = false;
  try {
    fits = leaf.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new BenchError('usage', `${join(dir, 'tls.key')} is no private key in PEM form`, { cause });
  }
  if (!fits) throw refuse(dir, 'does not belong to tls.key beside it');
}

function checkDates(leaf: X509Certificate, now: Date, dir: string): void {
  if (now > new Date(leaf.validTo)) throw refuse(dir, `expired on ${leaf.validTo}`);
  if (now < new Date(leaf.validFrom)) throw refuse(dir, `is not valid before ${leaf.validFrom} (look at the clock)`);
}

/** Walks from the certificate to one of the CAs, over intermediates that may be in either file. */
function checkIssued(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  dir: string,
): void {
  let at = leaf;
  for (let steps = 0; steps < LONGEST_CHAIN; steps++) {
    if (trusted.some((ca) => isIssuer(ca, at))) return;
    const next = intermediates.find((one) => isIssuer(one, at));
    if (next === undefined) break;
    at = next;
  }
  throw refuse(dir, 'was not issued by a CA in ca.crt beside it');
}

function isIssuer(issuer: X509Certificate, of: X509Certificate): boolean {
  return issuer.ca && of.checkIssued(issuer) && of.verify(issuer.publicKey);
}

function readPublic(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BenchError('usage', `--tls-dir: ${(cause as Error).message}`, {
      nextStep: 'the folder holds tls.crt, tls.key and ca.crt; hookbench certs issue makes one',
      cause,
    });
  }
}

function refuse(dir: string, what: string): BenchError {
  return new BenchError('usage', `the certificate ${join(dir, 'tls.crt')} ${what}`, {
    nextStep: `hookbench certs show ${dir} tells what it is, hookbench certs issue makes another`,
  });
}
