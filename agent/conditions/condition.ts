/** A condition: where the two ends of a measurement run. */

import type { HostPort } from '../host/port.ts';
import type { SupportAnswer } from '../host/support.ts';
import type { ChildPort, SpawnPort } from '../load/port.ts';

/** A condition that has been set up, for one fork. */
export interface Placement {
  /** address under which the load generator reaches a SUT */
  readonly sutIpv4: string;
  /** on which SUTs listen, where that is another */
  readonly listenIpv4?: string;
  /** a port for the next SUT, where not any will do */
  nextPort?(): number;
  /** Starts a SUT where this condition puts SUTs. `env` reaches the program itself only, none of the helpers that start it. */
  startSut(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<ChildPort>;
  /** starts a program where this condition puts the load generator */
  startLoad(...words: Parameters<SpawnPort>): Promise<ChildPort>;
}

/** something that a condition can be given, as in `netns:rate=100mbit`: an entry of the catalogue of its own */
export interface ConditionOption {
  readonly key: string;
  readonly needs: string;
  /** what its value looks like */
  readonly pattern: RegExp;
  probe(): Promise<SupportAnswer>;
}

export interface Condition {
  readonly id: string;
  readonly needs: string;
  readonly options: readonly ConditionOption[];
  /** the load generator is on another node, lent by its agent (`host.far`) */
  readonly acrossNodes?: true;
  probe(): Promise<SupportAnswer>;
  /** Sets the condition up; every change to the host goes on `host.undo`. @param options of its own list only, values as their patterns say
   * @param ringDir folder of the fork, in which SUTs must be able to write what is theirs */
  enter(host: HostPort, options: ReadonlyMap<string, string>, ringDir: string): Promise<Placement>;
}
