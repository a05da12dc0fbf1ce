/** Who has shown the token of a loopback page. A browser gets a cookie by a link that works once, or by typing the token. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** browsers that are let in at a time; one more turns the one out that was here longest ago */
const MOST_SESSIONS = 64;
const IDLE_MS = 24 * 3_600_000;
/** a link stands in a log: one that nobody opens must not wait there for ever */
export const LINK_MINUTES = 10;

export class Sessions {
  readonly #token: string;
  /** digest of the cookie → when it was shown last */
  readonly #seenMs = new Map<string, number>();
  readonly #nowMs: () => number;
  #link = '';
  #linkEndsMs = 0;

  /** @param token also lets in when it is typed; '' for none @param nowMs another clock for tests */
  constructor(token: string, nowMs: () => number = Date.now) {
    this.#token = token;
    this.#nowMs = nowMs;
    this.renewLink();
  }

  /** what the link that works next ends with */
  get link(): string {
    return this.#link;
  }

  /** Another link in the place of the one before, good for LINK_MINUTES. */
  renewLink(): void {
    this.#link = randomBytes(24).toString('base64url');
    this.#linkEndsMs = this.#nowMs() + LINK_MINUTES * 60_000;
  }

  /** @param shown a link's end, or the token @returns the cookie of a new session, null for what is wrong. A used link is replaced by another. */
  enter(shown: string): string | null {
    const isLink = same(shown, this.#link) && this.#nowMs() < this.#linkEndsMs;
    if (!isLink && (this.#token === '' || !same(shown, this.#token))) return null;
    if (isLink) this.renewLink();
    const cookie = randomBytes(32).toString('base64url');
    const [oldest] = this.#seenMs.keys();
    if (this.#seenMs.size >= MOST_SESSIONS && oldest !== undefined) this.#seenMs.delete(oldest);
    this.#seenMs.set(digest(cookie), this.#nowMs());
    return cookie;
  }

  /** whether this cookie is one of ours and was shown within the last day */
  holds(cookie: string): boolean {
    const key = digest(cookie);
    const seenMs = this.#seenMs.get(key);
    this.#seenMs.delete(key);
    if (seenMs === undefined || this.#nowMs() - seenMs > IDLE_MS) return false;
    this.#seenMs.set(key, this.#nowMs());
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
