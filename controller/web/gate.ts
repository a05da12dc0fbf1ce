/** Whether a request is let in: the right host name, a good cookie or client certificate, and for what changes something a token of the page. */

import { createHmac, randomBytes, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { identityOf, type TlsFolder } from '#proto';
import { refusalOf } from '../security/refusal.ts';
import { Refusal } from './refuse.ts';
import { type Sessions, same } from './sessions.ts';

const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
export const CSRF_HEADER = 'x-hookbench-page';

export interface GateOptions {
  /** null where certificates are asked for */
  readonly sessions: Sessions | null;
  readonly folder: TlsFolder | null;
}

export class Gate {
  readonly #o: GateOptions;
  readonly #secret = randomBytes(32);
  /** 0 until it listens */
  port = 0;

  constructor(o: GateOptions) {
    this.#o = o;
  }

  /** cookies know no ports: each server has its own name */
  get cookieName(): string {
    return `hookbench-${this.port}`;
  }

  /** A page of somebody else's name that was pointed to our address must get nothing. @throws Refusal 421 */
  checkHost(request: IncomingMessage): void {
    const { name, port } = hostOf(request.headers.host ?? '');
    if (this.#o.folder === null) {
      if (LOCAL_NAMES.includes(name) && port === this.port) return;
    } else {
      const certificate = new X509Certificate(this.#o.folder.material.cert);
      const bare = name.replace(/^\[|\]$/g, '');
      const isOurs = isIP(bare) === 0 ? certificate.checkHost(bare) : certificate.checkIP(bare);
      if (isOurs !== undefined) return;
    }
    throw new Refusal(421, 'this is not the address of this page', 'open it by the address that hookbench printed');
  }

  /** @returns what tells this visitor from others @throws Refusal 401 without a cookie, 403 for a certificate that may not look */
  checkVisitor(request: IncomingMessage): string {
    const { sessions } = this.#o;
    if (sessions !== null) {
      const cookie = cookieOf(request, this.cookieName);
      if (cookie !== null && sessions.holds(cookie)) return cookie;
      throw new Refusal(401, 'this browser has not been let in', 'open the link that hookbench printed');
    }
    const socket = request.socket as TLSSocket;
    const refusal = refusalOf(socket);
    if (refusal !== null) throw new Refusal(403, refusal.message, refusal.nextStep);
    const certificate = socket.getPeerCertificate();
    if (identityOf(certificate.subjectaltname)?.role === 'cli') return certificate.fingerprint256;
    throw new Refusal(403, 'this takes a certificate of role cli', 'hookbench certs issue cli NAME');
  }

  /** what the page must send along to change something */
  pageToken(visitor: string): string {
    return createHmac('sha256', this.#secret).update(visitor).digest('base64url');
  }

  /** Only our own page, opened from here, may change something. @throws Refusal 403 */
  checkOwnPage(request: IncomingMessage, visitor: string): void {
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const scheme = this.#o.folder === null ? 'http' : 'https';
    const token = request.headers[CSRF_HEADER];
    const isOurs = origin === `${scheme}://${host}` && (site === undefined || site === 'same-origin');
    if (isOurs && typeof token === 'string' && same(token, this.pageToken(visitor))) return;
    throw new Refusal(403, 'this request does not come from the page itself', 'reload the page and try again');
  }
}

function hostOf(header: string): { name: string; port: number } {
  const [, name = '', port] = /^(\[[0-9a-fA-F:.]+\]|[^:]*)(?::(\d{1,5}))?$/.exec(header) ?? [];
  return { name: name.toLowerCase(), port: port === undefined ? 80 : Number(port) };
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return null;
}
