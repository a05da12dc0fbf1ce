/** What the bench and its processes say to each other. */

import type { Usage } from './usage.ts';

/** how samples are sent */
export interface Sending {
  /** agents in this process, each with a stream and a connection of its own */
  readonly agents: number;
  readonly batch: number;
  /** samples/s of all agents together; 0 = as fast as they go */
  readonly rate: number;
}

export interface SenderSetUp {
  readonly port: number;
  /** folder of the agents' certificates, each in agent-N; null for no TLS */
  readonly tlsDir: string | null;
  /** number of the first agent */
  readonly first: number;
  readonly dir: string;
  readonly sending: Sending;
}

export interface ReceiverSetUp {
  readonly dir: string;
  readonly tlsDir: string | null;
}

/** asked of both sides: `begin` starts a count, `end` answers it */
export type Ask = { readonly ask: 'begin' | 'end' | 'stop' };

export interface SenderCount {
  readonly kind: 'sender';
  readonly usage: Usage;
  /** samples known to be durable (for plain TCP: taken by the socket) */
  readonly samples: number;
  /** ms from sending a batch until it was known to be durable, of a bounded sample of them */
  readonly ackMs: readonly number[];
}

export interface ReceiverCount {
  readonly kind: 'receiver';
  readonly usage: Usage;
  /** made durable */
  readonly samples: number;
  /** over its whole life; null for plain TCP, which stores nothing */
  readonly diskBytesPerSample: number | null;
}
