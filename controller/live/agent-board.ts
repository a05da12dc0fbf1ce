/** Who is there: every agent that was connected since the controller started, and how it is. Never decides anything. */

import type { Capability, Hello } from '#proto';
import type { AgentView, CapabilityView } from './view.ts';

/** agents remembered; of those that are away the one longest gone is forgotten first */
const MOST_AGENTS = 256;

interface Known {
  hello: Hello;
  state: AgentView['state'];
  sinceMs: number;
  lastSeenMs: number;
  streams: number;
}

export class AgentBoard {
  readonly #known = new Map<string, Known>();
  /** grows with everything but the time of the last message */
  version = 0;

  /** an accepted hello */
  hello(hello: Hello, nowMs: number): void {
    const streams = (this.#known.get(hello.agentId)?.streams ?? 0) + 1;
    this.#known.delete(hello.agentId);
    const known: Known = {
      hello: { ...hello, token: '' },
      state: 'connected',
      sinceMs: nowMs,
      lastSeenMs: nowMs,
      streams,
    };
    this.#known.set(hello.agentId, known);
    this.#forget();
    this.version += 1;
  }

  /** any message of it */
  heard(agentId: string, nowMs: number): void {
    const known = this.#known.get(agentId);
    if (known !== undefined) known.lastSeenMs = nowMs;
  }

  /** @param connected who is connected by the word of who holds the streams */
  compare(connected: readonly Hello[], nowMs: number): void {
    const runs = new Map(connected.map((hello) => [hello.agentId, hello.runId]));
    for (const hello of connected) {
      const known = this.#known.get(hello.agentId);
      if (known?.state !== 'connected' || known.hello.runId !== hello.runId) this.hello(hello, nowMs);
    }
    for (const [id, known] of this.#known) {
      if (known.state === 'away' || runs.has(id)) continue;
      known.state = 'away';
      known.sinceMs = nowMs;
      this.version += 1;
    }
  }

  views(): AgentView[] {
    return [...this.#known.values()].map((known) => viewOf(known)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #forget(): void {
    if (this.#known.size <= MOST_AGENTS) return;
    const [gone] = [...this.#known].filter(([, { state }]) => state === 'away');
    if (gone !== undefined) this.#known.delete(gone[0]);
  }
}

function viewOf({ hello, state, sinceMs, lastSeenMs, streams }: Known): AgentView {
  return {
    ...{ id: hello.agentId, state, sinceMs, lastSeenMs, streams, version: hello.version, host: hello.host },
    mechanisms: hello.mechanisms.map(capability),
    suts: hello.suts.map(capability),
    conditions: hello.conditions.map(capability),
  };
}

function capability({ id, support, byDefault, layer, needs, found }: Capability): CapabilityView {
  return { id, support, byDefault, layer, needs: needs.slice(0, 300), found: found.slice(0, 300) };
}
