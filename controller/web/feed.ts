/** The event stream: one text a second for all browsers that keep up. One that does not is passed over and gets the whole state when it can
 * take it, or is hung up on; what waits for it is bounded. */

import type { ServerResponse } from 'node:http';
import type { Live } from '../live/live.ts';
import { Refusal } from './refuse.ts';
import { headersFor } from './respond.ts';

const TICK_MS = 1_000;
const MOST_BROWSERS = 32;
/** waiting in memory for one browser, beyond which nothing is added */
const MOST_WAITING_BYTES = 1024 * 1024;
const MOST_BEHIND_MS = 20_000;
/** then it connects again and shows again who it is */
const LONGEST_STAY_MS = 3_600_000;

interface Browser {
  readonly response: ServerResponse;
  readonly sinceMs: number;
  /** when it stopped keeping up; null while it does */
  behindMs: number | null;
}

export class Feed {
  readonly #live: Pick<Live, 'snapshot' | 'tick'>;
  readonly #browsers = new Set<Browser>();
  readonly #timer: NodeJS.Timeout;

  constructor(live: Pick<Live, 'snapshot' | 'tick'>, tickMs: number = TICK_MS) {
    this.#live = live;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
  }

  /** Does not wait for the next second. */
  now(): void {
    this.#tick();
  }

  get browsers(): number {
    return this.#browsers.size;
  }

  /** @throws Refusal 503 when there are too many */
  join(response: ServerResponse): void {
    if (this.#browsers.size >= MOST_BROWSERS)
      throw new Refusal(503, `${MOST_BROWSERS} browsers look already`, 'close one of them');
    response.writeHead(200, { ...headersFor('events'), connection: 'close' });
    response.write(`retry: 1000\n${this.#whole()}`);
    const browser = { response, sinceMs: performance.now(), behindMs: null };
    this.#browsers.add(browser);
    response.on('close', () => this.#browsers.delete(browser));
    response.on('error', () => this.#browsers.delete(browser));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { response } of this.#browsers) response.destroy();
  }

  #tick(): void {
    const { tick, restarted } = this.#live.tick();
    if (this.#browsers.size === 0) return;
    const nowMs = performance.now();
    let whole = restarted ? this.#whole() : null;
    const text = whole ?? event('tick', tick);
    for (const browser of this.#browsers) {
      const { response, sinceMs } = browser;
      if (nowMs - sinceMs > LONGEST_STAY_MS) response.end();
      else if (browser.behindMs === null) {
        response.write(text);
        if (response.writableLength > MOST_WAITING_BYTES) browser.behindMs = nowMs;
      } else if (response.writableLength === 0) {
        whole ??= this.#whole();
        response.write(whole);
        browser.behindMs = null;
      } else if (nowMs - browser.behindMs > MOST_BEHIND_MS) response.destroy();
    }
  }

  #whole(): string {
    return event('all', this.#live.snapshot());
  }
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
