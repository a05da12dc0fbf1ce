/** What is measured, and beside what. */

import type { Sending } from './messages.ts';

export interface Variant {
  readonly id: string;
  readonly title: string;
  readonly way: 'tcp' | 'grpc';
  readonly tls: boolean;
  /** sending processes; the agents of `sending` are in each of them */
  readonly processes: number;
  readonly sending: Sending;
  /** its numbers are also told as multiples of this one's, round by round */
  readonly base: string | null;
}

/** the largest that an agent makes */
export const BATCH = 8192;
const MILLION = 1_000_000;

export const VARIANTS: readonly Variant[] = [
  tcp(),
  grpc('flat', 'one agent, flat out', { base: 'tcp' }),
  grpc('flat-mtls', 'one agent, flat out, mTLS', { tls: true, base: 'flat' }),
  grpc('steady', 'one agent, 1 M samples/s', { rate: MILLION, base: 'flat' }),
  grpc('steady-mtls', 'one agent, 1 M samples/s, mTLS', { rate: MILLION, tls: true, base: 'steady' }),
  grpc('agents-10', '10 agents, flat out', { agents: 10, base: 'flat' }),
  grpc('agents-100', '100 agents, flat out', { agents: 100, base: 'flat' }),
  grpc('agents-1000', '1,000 agents, flat out', { agents: 500, processes: 2, base: 'flat' }),
  grpc('agents-1000-mtls', '1,000 agents, flat out, mTLS', {
    ...{ agents: 500, processes: 2, tls: true },
    base: 'agents-1000',
  }),
  grpc('agents-1000-small', '1,000 agents, 500 samples a batch, 1 M samples/s', {
    ...{ agents: 500, processes: 2, rate: MILLION / 2, batch: 500 },
    base: 'steady',
  }),
];

function tcp(): Variant {
  const sending = { agents: 1, batch: BATCH, rate: 0 };
  return {
    id: 'tcp',
    title: 'plain TCP, the same bytes',
    way: 'tcp',
    tls: false,
    processes: 1,
    sending,
    base: null,
  };
}

function grpc(
  id: string,
  title: string,
  o: { tls?: boolean; processes?: number; agents?: number; batch?: number; rate?: number; base: string },
): Variant {
  const { agents = 1, batch = BATCH, rate = 0, tls = false, processes = 1, base } = o;
  return { id, title, way: 'grpc', tls, processes, sending: { agents, batch, rate }, base };
}
