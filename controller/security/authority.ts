/** A certificate authority in a folder (ca.crt, ca.key) and the certificates it issues: EC P-256, one role and one name each. */

import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { type Identity, identityUri, tellIdentity } from '#proto';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** clocks of two machines differ: what is issued now must hold there already */
const BACKDATED_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
const [SERVER, CLIENT] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
/** an agent dials the controller, and answers other agents that want its load generator */
const USAGE = { controller: [SERVER], agent: [CLIENT, SERVER], cli: [CLIENT] };

x509.cryptoProvider.set(webcrypto);

export interface Issued {
  /** PEM */
  readonly cert: string;
  /** PEM, PKCS #8 */
  readonly key: string;
}

/** A self-signed CA that may sign certificates of ends only, not other CAs. */
export async function newAuthority(o: { days: number; name: string }): Promise<Issued> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${o.name}`,
    ...validity(o.days),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) };
}

/** @param o.hosts names and addresses under which a controller is dialled */
export async function issue(
  ca: Issued,
  o: { identity: Identity; hosts: readonly string[]; days: number },
): Promise<Issued> {
  // the first is the one that issues; CAs before it may follow
  const issuer = new x509.X509Certificate(x509.PemConverter.decode(ca.cert)[0]!);
  const [key] = x509.PemConverter.decode(ca.key);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', key!, ALGORITHM, false, ['sign']);
  const keys = await newKeys();
  const names = o.hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [{ CN: [tellIdentity(o.identity).slice(0, 64)] }],
    issuer: issuer.subject,
    ...validity(o.days),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(USAGE[o.identity.role], true),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: identityUri(o.identity) }, ...names]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** positive, as X.509 asks */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}
