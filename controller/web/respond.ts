/** Answers of the page's server, each with the same protective headers. */

import type { ServerResponse } from 'node:http';

/** our own script and style, nothing from elsewhere, nothing inline, not in anybody's frame */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const PROTECTION = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // without any, a browser's form says that it comes from nowhere
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export const TYPES = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  events: 'text/event-stream; charset=utf-8',
} as const;

export interface Answer {
  readonly status?: number;
  readonly type: keyof typeof TYPES;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param answer its headers win over the protective ones, e.g. a policy of its own */
export function respond(response: ServerResponse, { status = 200, type, body, headers = {} }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...headersFor(type), 'content-length': bytes.length, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

export function headersFor(type: keyof typeof TYPES): Record<string, string> {
  return { ...PROTECTION, 'content-security-policy': POLICY, 'content-type': TYPES[type] };
}

export function respondJson(response: ServerResponse, value: unknown, status = 200): void {
  respond(response, { status, type: 'json', body: `${JSON.stringify(value)}\n` });
}
