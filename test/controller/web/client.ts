/** Requests to the page's server with whatever headers, and with client certificates. */

import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { join } from 'node:path';

export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** folder with tls.crt, tls.key and ca.crt; '' for none of our own */
  readonly tls?: { readonly dir: string; readonly ca: string };
}

export function ask(url: string, o: Ask = {}): Promise<Said> {
  const read = (dir: string, name: string) => readFileSync(join(dir, name));
  const own =
    o.tls === undefined || o.tls.dir === ''
      ? {}
      : { cert: read(o.tls.dir, 'tls.crt'), key: read(o.tls.dir, 'tls.key') };
  const options = { method: o.method ?? 'GET', headers: o.headers ?? {}, agent: false as const };
  return new Promise((resolve, reject) => {
    const call =
      o.tls === undefined
        ? plain(url, options)
        : secure(url, { ...options, ...own, servername: 'localhost', ca: read(o.tls.ca, 'ca.crt') });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.end(o.body);
  });
}

/** @returns the cookie that a link or a token gave, '' for none */
export function cookieOf({ headers }: Said): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}
