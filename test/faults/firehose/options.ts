/** What a firehose is started with, as one argument of JSON, and what it says on its standard output, one line of JSON each. */

export interface FirehoseOptions {
  readonly controller: string;
  readonly agentId: string;
  readonly runId: string;
  readonly tokenFile: string | null;
  readonly tlsDir: string | null;
  readonly spoolPath: string;
  readonly spoolLimitBytes: number;
  readonly ledgerPath: string;
  readonly recordsPerSecond: number;
  readonly samplesPerRecord: number;
  readonly seed: number;
}

export type FirehoseEvent =
  | { readonly event: 'assigned'; readonly studyId: string }
  /** everything of the study is offered: samples, what was lost, the end */
  | { readonly event: 'offered-all'; readonly studyId: string }
  | { readonly event: 'drained'; readonly all: boolean }
  | { readonly event: 'broken'; readonly reason: string }
  | { readonly event: 'refused'; readonly reason: string }
  | { readonly event: 'clock'; readonly monotonicNs: string };

/** `finish`: end the assignment; `drain`: say when all is delivered */
export type FirehoseCommand = 'finish' | 'drain' | 'clock';
