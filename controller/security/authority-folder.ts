/** Certificates on disk: the CA's folder, and the folders it makes. A key is never readable by others, not even for a moment, and nothing is
 * written over by accident. */

import type { X509Certificate } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BenchError, certificatesIn, type Identity, identityOf } from '#proto';
import { type Issued, issue, newAuthority } from './authority.ts';

/** @throws BenchError usage when there is one already */
export async function initAuthority(dir: string, o: { days: number; name: string }): Promise<void> {
  for (const name of ['ca.key', 'ca.crt'])
    if (existsSync(join(dir, name)))
      throw new BenchError('usage', `${join(dir, name)} is there already`, {
        nextStep: `choose another --ca, or give it a new key: hookbench certs rotate --ca ${dir}`,
      });
  writeAuthority(dir, await newAuthority(o), '');
}

/** A new key. The CAs before it stay trusted as long as they are valid, so that nothing breaks until every folder has been issued again. */
export async function rotateAuthority(dir: string, o: { days: number; name: string }): Promise<void> {
  const { cert } = readAuthority(dir);
  const valid = certificatesIn(Buffer.from(cert), join(dir, 'ca.crt')).filter(
    (ca) => new Date(ca.validTo) > new Date(),
  );
  writeAuthority(dir, await newAuthority(o), valid.map((ca) => ca.toString()).join(''));
}

/** Writes tls.crt, tls.key and ca.crt. @throws BenchError usage when the folder has a certificate */
export async function issueInto(
  out: string,
  o: { ca: string; identity: Identity; hosts: readonly string[]; days: number },
): Promise<void> {
  if (existsSync(join(out, 'tls.key')))
    throw new BenchError('usage', `${out} holds a certificate already`, {
      nextStep: `hookbench certs rotate ${out} makes a new one for the same name`,
    });
  await write(out, o);
}

/** A new key and certificate for the same name, role and hosts. @throws BenchError usage */
export async function rotate(dir: string, o: { ca: string; days: number }): Promise<Identity> {
  const path = join(dir, 'tls.crt');
  const [leaf] = certificatesIn(read(path), path);
  const identity = identityOf(leaf!.subjectAltName);
  if (identity === null) throw new BenchError('usage', `${path} is not a certificate of hookbench`);
  await write(dir, { ...o, identity, hosts: hostsOf(leaf!) });
  return identity;
}

async function write(
  dir: string,
  o: { ca: string; identity: Identity; hosts: readonly string[]; days: number },
): Promise<void> {
  const ca = readAuthority(o.ca);
  const { cert, key } = await issue(ca, o);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // who reads them meanwhile sees a key that does not fit, keeps what it has and looks again
  replace(join(dir, 'ca.crt'), ca.cert, 0o644);
  replace(join(dir, 'tls.key'), key, 0o600);
  replace(join(dir, 'tls.crt'), cert, 0o644);
}

function hostsOf(leaf: X509Certificate): string[] {
  const entries = (leaf.subjectAltName ?? '').split(', ');
  return entries.flatMap((entry) => /^(?:DNS|IP Address):([A-Za-z0-9.:_*-]+)$/.exec(entry)?.[1] ?? []);
}

function readAuthority(dir: string): Issued {
  return { cert: read(join(dir, 'ca.crt')).toString(), key: read(join(dir, 'ca.key')).toString() };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BenchError('usage', (cause as Error).message, {
      nextStep: 'hookbench certs init makes a CA, hookbench certs issue a certificate',
      cause,
    });
  }
}

function writeAuthority(dir: string, { cert, key }: Issued, older: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  replace(join(dir, 'ca.key'), key, 0o600);
  replace(join(dir, 'ca.crt'), `${cert.trimEnd()}\n${older}`, 0o644);
}

/** written beside, under a name that no one can have prepared, and renamed */
function replace(path: string, text: string, mode: number): void {
  const beside = `${path}.${process.pid}.new`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    writeSync(fd, text.endsWith('\n') ? text : `${text}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, path);
}
