/** Who has shown the token of a loopback page. A browser gets a cookie by a link that works once, or by typing the token. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** browsers that are let in at a time; one more turns the one out that was here longest ago */
const MOST_SESSIONS = 64;
const IDLE_MS = 24 * 3_600_000;

export class Sessions {
  readonly #token: string;
  /** digest of the cookie → when it was shown last */
  readonly #seenMs = new Map<string, number>();
  #link = randomBytes(24).toString('base64url');

  /** @param token also lets in when it is typed; '' for none */
  constructor(token: string) {
    this.#token = token;
  }

  /** what the link that works next ends with */
  get link(): string {
    return this.#link;
  }

  /** @param shown a link's end, or the token @returns the cookie of a new session, null for what is wrong. A used link is replaced by another. */
  enter(shown: string): string | null {
    const isLink = same(shown, this.#link);
    if (!isLink && (this.#token === '' || !same(shown, this.#token))) return null;
    if (isLink) this.#link = randomBytes(24).toString('base64url');
    const cookie = randomBytes(32).toString('base64url');
    const [oldest] = this.#seenMs.keys();
    if (this.#seenMs.size >= MOST_SESSIONS && oldest !== undefined) this.#seenMs.delete(oldest);
    this.#seenMs.set(digest(cookie), Date.now());
    return cookie;
  }

  /** whether this cookie is one of ours and was shown within the last day */
  holds(cookie: string): boolean {
    const key = digest(cookie);
    const seenMs = this.#seenMs.get(key);
    this.#seenMs.delete(key);
    if (seenMs === undefined || Date.now() - seenMs > IDLE_MS) return false;
    this.#seenMs.set(key, Date.now());
    return true;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** takes as long whatever is shown */
export function same(a: string, b: string): boolean {
  const bytes = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(bytes(a), bytes(b));
}
