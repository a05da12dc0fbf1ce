/** A client's end of mutual TLS: who dials shows its certificate and wants to see the controller's. */

import { checkServerIdentity as checkHost, type PeerCertificate } from 'node:tls';
import type { ChannelCredentials, experimental } from '@grpc/grpc-js';
import { BenchError } from '../errors.ts';
import { identityOf, tellIdentity } from './identity.ts';
import type { TlsFolder } from './tls-folder.ts';

/** Loopback goes without TLS and shows a token; anything else needs certificates. @throws BenchError usage */
export async function channelCredentials(address: string, folder: TlsFolder | null): Promise<ChannelCredentials> {
  // loaded when it is needed: small commands import this contract too
  const { credentials, experimental } = await import('@grpc/grpc-js');
  // grpc-js names the address it dials as TLS server, which Node calls deprecated when that is a number
  process.noDeprecation = true;
  // new connections use the certificates that the folder holds then
  if (folder !== null)
    return experimental.createCertificateProviderChannelCredentials(new Provider(folder), new Provider(folder), {
      checkServerIdentity,
    });
  if (isLoopback(address)) return credentials.createInsecure();
  throw new BenchError('usage', `${address} is not on this host, and there are no certificates to show`, {
    nextStep: 'give --tls-dir DIR (hookbench certs issue makes one)',
  });
}

/** host:port of an address that only this host can reach */
export function isLoopback(address: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/.test(address);
}

/** The CA may have signed certificates of agents too: only the controller's own will do, for the name that was dialled. */
function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const identity = identityOf(certificate.subjectaltname);
  if (identity?.role !== 'controller') {
    const what = identity === null ? 'nobody of hookbench' : tellIdentity(identity);
    return new Error(`the certificate at ${host} is of ${what}, not of the controller`);
  }
  return checkHost(host, certificate);
}

type Ca = experimental.CaCertificateUpdateListener;
type Own = experimental.IdentityCertificateUpdateListener;

class Provider implements experimental.CertificateProvider {
  readonly #folder: TlsFolder;
  readonly #off = new Map<Ca | Own, () => void>();

  constructor(folder: TlsFolder) {
    this.#folder = folder;
  }

  addCaCertificateListener(listener: Ca): void {
    this.#listen(listener, () => listener({ caCertificate: this.#folder.material.ca }));
  }

  addIdentityCertificateListener(listener: Own): void {
    this.#listen(listener, () => {
      const { cert, key } = this.#folder.material;
      listener({ certificate: cert, privateKey: key });
    });
  }

  removeCaCertificateListener(listener: Ca): void {
    this.#forget(listener);
  }

  removeIdentityCertificateListener(listener: Own): void {
    this.#forget(listener);
  }

  #listen(listener: Ca | Own, tell: () => void): void {
    this.#off.set(listener, this.#folder.onChange(tell));
    process.nextTick(tell);
  }

  #forget(listener: Ca | Own): void {
    this.#off.get(listener)?.();
    this.#off.delete(listener);
  }
}
