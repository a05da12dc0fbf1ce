import type { Readable, Writable } from 'node:stream';

/** How a child ended. Both null: the program could not be started. */
export type ChildExit = { exitCode: number | null; signal: string | null };

/**
 * A running child process, as the load generator's driver needs it.
 * `exited` never rejects and settles after the last output was delivered or the process was reaped, whichever is later;
 * a program that could not be started has `pid` 0 and `exited` resolves to two nulls.
 */
export type ChildPort = {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ChildExit>;
  /** Sends a signal, SIGTERM when none is named. Without effect on a child that has ended. */
  kill(signal?: string): void;
};

/** Starts a program (no shell) with the given environment added to the parent's. */
export type SpawnPort = (file: string, args: readonly string[], o: { env?: Record<string, string> }) => ChildPort;
