/** What an uplink is made with, what it tells, and what it counts. */

import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';
import type { Assignment, BenchError, Hello } from '#proto';

export interface UplinkHandlers {
  assignment(assignment: Assignment): void;
  cancel(assignmentId: string): void;
  /** the controller can't be reached (any more); told once a break */
  broken(reason: string): void;
  /** the controller refuses this agent, or speaks another protocol: trying again is no use */
  refused(error: BenchError): void;
  /** the controller has not kept so many samples more: no study wanted them, or they could not be stored */
  discarded?(samples: number): void;
  /** the controller is done with every record up to this one: durable, or counted as discarded */
  done?(sequence: number): void;
}

export interface UplinkOptions {
  readonly controller: string;
  /** plain when absent */
  readonly credentials?: ChannelCredentials;
  readonly hello: Hello;
  readonly handlers: UplinkHandlers;
  readonly spoolPath: string;
  /** the largest the spool's file may become, bytes */
  readonly spoolLimitBytes: number;
  /** other times than CHANNEL_OPTIONS has, for tests */
  readonly channelOptions?: ChannelOptions;
  readonly nameTakenMs?: number;
  readonly welcomeMs?: number;
}

/** Numbers of one uplink since it began, for logs and metrics. */
export interface UplinkCounters {
  readonly connected: boolean;
  /** streams that a controller has welcomed */
  readonly streams: number;
  readonly lastSequence: number;
  readonly ackedSequence: number;
  readonly unackedRecords: number;
  readonly spoolMemoryBytes: number;
  readonly spoolDiskBytes: number;
  /** records written to streams; those sent again count again */
  readonly sentRecords: number;
  readonly ackedSamples: number;
  /** lost here: the spool had no room */
  readonly droppedSamples: number;
  readonly droppedRecords: number;
  /** lost there: the controller says that it has not kept them */
  readonly discardedSamples: number;
}
