/** What happens to a read that waits, in an order that is certain: the main thread looks until the other one sleeps in its read. */

import type { Stage } from './scenes.ts';
import { DUPLICATE, type Op, type Scene } from './script.ts';
import { accept, at, blocking, hangUp, read, write } from './steps.ts';

const [SOCKET, OTHER, PIPE] = [200, 204, 208] as const;

/** A thread waits in a read while another closes or replaces the descriptor under it. What counts is what the number meant when the read began. */
export function closeUnderRead(stage: Stage): Scene {
  const sent = stage.messages.next().bytes;
  const more = stage.messages.next().bytes;
  const waiting = [at('S', 0), read(SOCKET, sent.length), at('S', 1)];
  const asleep = [at('T', 0), at('s', 0), at('Z', 0)];
  const ended = [at('s', 1), at('J', 0)];
  const pipe: Op = { code: 'p', a: PIPE, b: PIPE + 1 };
  const use = (slot: number) => [write(slot + 1, more), read(slot, more.length)];
  const kinds: readonly (() => Op[])[] = [
    // closed; the number goes to another accepted socket
    () => [
      accept(SOCKET),
      blocking(SOCKET),
      ...asleep,
      at('C', SOCKET),
      accept(OTHER),
      ...use(OTHER),
      write(SOCKET + 1, sent),
      ...ended,
      ...use(OTHER),
      ...hangUp(OTHER),
      at('C', SOCKET + 1),
    ],
    // closed; the number goes to a pipe
    () => [
      accept(SOCKET),
      blocking(SOCKET),
      ...asleep,
      at('C', SOCKET),
      pipe,
      ...use(PIPE),
      write(SOCKET + 1, sent),
      ...ended,
      ...use(PIPE),
      ...hangUp(PIPE),
      at('C', SOCKET + 1),
    ],
    // a pipe is put in its place
    () => [
      accept(SOCKET),
      blocking(SOCKET),
      pipe,
      ...asleep,
      { code: 'D', how: DUPLICATE.dup2, a: SOCKET, b: PIPE },
      ...use(PIPE),
      write(SOCKET + 1, sent),
      ...ended,
      ...use(PIPE),
      ...hangUp(SOCKET),
      ...hangUp(PIPE),
    ],
    // it is a pipe that is read, and an accepted socket that is put in its place
    () => [
      { code: 'p', a: SOCKET, b: SOCKET + 1 },
      blocking(SOCKET),
      accept(OTHER),
      ...asleep,
      { code: 'D', how: DUPLICATE.dup2, a: SOCKET, b: OTHER },
      ...use(OTHER),
      write(SOCKET + 1, sent),
      ...ended,
      ...use(OTHER),
      ...hangUp(SOCKET),
      ...hangUp(OTHER),
    ],
    // the client hangs up
    () => [accept(SOCKET), blocking(SOCKET), ...asleep, at('C', SOCKET + 1), ...ended, at('C', SOCKET)],
  ];
  return { name: 'close under read', main: kinds[stage.random.int(kinds.length)]!(), sequences: [waiting] };
}

/** Signals come until a read gives EINTR; bytes that wait are read all the same. */
export function interruptedReads(stage: Stage): Scene {
  const { bytes } = stage.messages.next();
  const again = [read(SOCKET, 100), write(SOCKET + 1, bytes), read(SOCKET, bytes.length)];
  const main: Op[] = [
    accept(SOCKET),
    blocking(SOCKET),
    { code: 'I', size: 300 },
    ...again,
    ...again,
    { code: 'I', size: 0 },
    ...hangUp(SOCKET),
  ];
  return { name: 'interrupted', main, sequences: [] };
}
