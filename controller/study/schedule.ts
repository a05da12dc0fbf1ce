/** When each agent gets which assignment: one after the other, when its nodes are free; and what becomes of the study when one is lost. */

import { type Assignment, BenchError, type LoadPeer } from '#proto';
import type { Lender } from '../ingest/lenders.ts';
import { NodeTurns } from './node-turns.ts';
import { needsPeer, peerFor } from './peers.ts';

export interface ScheduleOptions {
  readonly agents: { lenders(): readonly Lender[] };
  /** every agent of the study */
  readonly nodes: readonly string[];
  /** how long a load generator may be waited for */
  readonly peerWithinMs: number;
  readonly replace: (agent: string, assignment: Assignment) => Assignment | null;
  readonly dispatch: (agent: string, given: Assignment) => Promise<'ended' | BenchError>;
  readonly isOver: () => boolean;
  readonly fail: (cause: BenchError) => void;
  readonly onNotice: (code: string, detail: string) => void;
}

/** forks of one agent that are run again in others' place */
const MOST_REPLACED = 3;
const LOOK_EVERY_MS = 250;

/** what became of one agent's part of the study */
export interface AgentPart {
  planned: number;
  ended: number;
  samples: number;
  replaced: number;
  /** the node whose load generator it used last */
  peer: string | undefined;
  readonly lostPeers: Set<string>;
  /** its run that ended during the study; null when none has, or the next was waited for in vain */
  endedRun: string | null;
  isLost: boolean;
}

interface Turn {
  readonly given: Assignment;
  readonly release: () => void;
}

export class Schedule {
  readonly #o: ScheduleOptions;
  readonly #parts = new Map<string, AgentPart>();
  readonly #turns = new NodeTurns();
  /** what is waited for may come from outside: a load generator */
  readonly #looking = setInterval(() => this.#turns.look(), LOOK_EVERY_MS);

  constructor(o: ScheduleOptions) {
    this.#o = o;
  }

  async agentPlan(agent: string, assignments: readonly Assignment[]): Promise<void> {
    const part = this.partOf(agent);
    part.planned += assignments.length;
    const queue = [...assignments];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (this.#o.isOver() || part.isLost) return;
      const outcome = await this.#cell(agent, next, part);
      if (outcome === 'ended') {
        part.ended += 1;
        continue;
      }
      const other = this.#another(agent, next, outcome);
      if (other === null) this.#without(agent, outcome);
      else queue.unshift(other);
    }
  }

  /** One assignment, when its nodes are free. */
  async #cell(agent: string, assignment: Assignment, part: AgentPart): Promise<'ended' | BenchError> {
    const turn = await this.#turn(agent, assignment, part);
    if (turn instanceof BenchError) return turn;
    try {
      return this.#o.isOver() ? 'ended' : await this.#o.dispatch(agent, turn.given);
    } finally {
      turn.release();
    }
  }

  /** Waits for the nodes that the cell needs, and for a load generator to be lent where it needs one. */
  async #turn(agent: string, assignment: Assignment, part: AgentPart): Promise<Turn | BenchError> {
    if (!needsPeer(assignment)) {
      const release = await this.#turns.take(agent, (isFree) => (isFree(agent) || this.#o.isOver() ? [agent] : null));
      return { given: assignment, release };
    }
    const { condition } = assignment;
    const giveUpAtMs = performance.now() + this.#o.peerWithinMs;
    let peer: LoadPeer | null = null;
    const release = await this.#turns.take(agent, (isFree) => {
      if (this.#o.isOver()) return [];
      const lenders = this.#o.agents.lenders();
      peer = peerFor({ agent, condition, lenders, before: part.peer, avoid: part.lostPeers });
      if (peer === null) return performance.now() > giveUpAtMs ? [] : null;
      return isFree(agent) && isFree(peer.node) ? [agent, peer.node] : null;
    });
    const found = peer as LoadPeer | null;
    if (this.#o.isOver()) return { given: assignment, release };
    if (found === null) {
      release();
      return new BenchError('no-agent', `no other node lends agent ${agent} a load generator for ${condition}`, {
        nextStep: 'look at the load agents of the other nodes',
      });
    }
    part.peer = found.node;
    return { given: { ...assignment, loadPeer: found }, release };
  }

  /** What is run in the place of a fork that an agent or a load generator was lost in; null where it is a failure, or was tried often enough. */
  #another(agent: string, assignment: Assignment, cause: BenchError): Assignment | null {
    const part = this.partOf(agent);
    const isLoss = cause.code === 'peer-gone' || (cause.code === 'agent-gone' && part.endedRun !== null);
    if (this.#o.isOver() || !isLoss || part.replaced >= MOST_REPLACED) return null;
    const other = this.#o.replace(agent, assignment);
    if (other === null) return null;
    part.replaced += 1;
    if (cause.code === 'peer-gone' && part.peer !== undefined) part.lostPeers.add(part.peer);
    const which = `fork ${assignment.fork + 1} in ${assignment.condition} on ${agent}`;
    const detail = `${which} was not measured to its end (${cause.message}); what it had sent is kept, and fork ${other.fork + 1} takes its place`;
    this.#o.onNotice('fork-repeated', detail);
    return other;
  }

  /** An agent that is gone takes its own part of the study with it; those of the others go on, as long as there are others. */
  #without(agent: string, cause: BenchError): void {
    const part = this.partOf(agent);
    part.isLost = true;
    const left = this.#o.nodes.filter((one) => !this.partOf(one).isLost);
    const isLoss = ['agent-gone', 'peer-gone', 'no-agent'].includes(cause.code);
    if (!isLoss || left.length === 0) {
      this.#o.fail(cause);
      return;
    }
    const measured = `${part.ended} of its ${part.planned} forks were measured to their end, ${part.samples} samples of it are kept`;
    this.#o.onNotice(
      'node-lost',
      `${agent}: ${cause.message}; ${measured}, and the study went on with ${left.join(', ')}`,
    );
  }

  partOf(agent: string): AgentPart {
    const known = this.#parts.get(agent) ?? newPart();
    this.#parts.set(agent, known);
    return known;
  }

  /** to be called when the study is over, and who waits need not */
  look(): void {
    this.#turns.look();
  }

  close(): void {
    clearInterval(this.#looking);
  }
}

function newPart(): AgentPart {
  const none = { planned: 0, ended: 0, samples: 0, replaced: 0, peer: undefined };
  return { ...none, lostPeers: new Set(), endedRun: null, isLost: false };
}
