/** A condition: where the two ends of a measurement run. */

import type { HostPort } from '../host/port.ts';
import type { SupportAnswer } from '../host/support.ts';
import type { ChildPort, SpawnPort } from '../load/port.ts';

/** A condition that has been set up, for one fork. */
export interface Placement {
  /** address under which the load generator reaches a SUT */
  readonly sutIpv4: string;
  /** Starts a SUT where this condition puts SUTs. `env` reaches the program itself only, none of the helpers that start it. */
  startSut(file: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildPort;
  /** starts a program where this condition puts the load generator */
  readonly startLoad: SpawnPort;
}

export interface Condition {
  readonly id: string;
  readonly needs: string;
  probe(): Promise<SupportAnswer>;
  /** Sets the condition up; every change to the host goes on `host.undo`. */
  enter(host: HostPort): Promise<Placement>;
}
