/** A network namespace joined to ours by a veth pair: a host of its own for an agent, whose link can be taken down, and made slow and lossy. */

import { command, succeeds } from './host.ts';
import type { World } from './undo.ts';

let made = 0;

export class Link {
  /** our end: what an agent in the namespace dials */
  readonly host: string;
  /** runs a program in the namespace */
  readonly wrap: readonly string[];
  readonly #device: string;

  constructor(world: World) {
    made += 1;
    const name = `hbf${process.pid}n${made}`;
    // 10.208.0.0/13, two bits of each /30 for the ends; parallel runs differ by their pid
    const subnet = (process.pid * 16 + made) % 2 ** 17;
    const address = (end: number) =>
      `10.${208 + (subnet >> 14)}.${(subnet >> 6) & 0xff}.${((subnet & 0x3f) << 2) + end}`;
    this.host = address(1);
    this.#device = `hbf${process.pid}v${made}`;
    const peer = `hbf${process.pid}p${made}`;
    command('ip', 'netns', 'add', name);
    // the devices go with it
    world.later(`the network namespace ${name}`, () => void command('ip', 'netns', 'del', name));
    command('ip', 'link', 'add', this.#device, 'type', 'veth', 'peer', 'name', peer, 'netns', name);
    world.later(`the device ${this.#device}`, () => void succeeds('ip', 'link', 'del', this.#device));
    command('ip', 'addr', 'add', `${this.host}/30`, 'dev', this.#device);
    command('ip', 'link', 'set', this.#device, 'up');
    for (const args of [`addr add ${address(2)}/30 dev ${peer}`, `link set ${peer} up`, 'link set lo up'])
      command('ip', '-n', name, ...args.split(' '));
    this.wrap = ['ip', 'netns', 'exec', name];
  }

  down(): void {
    command('ip', 'link', 'set', this.#device, 'down');
  }

  up(): void {
    command('ip', 'link', 'set', this.#device, 'up');
  }

  /** Delay and loss on what the controller sends to the agent. @returns what does it: netem, or, where the kernel has none, a short queue at a
   * low rate, which delays and drops what is too much */
  impair(o: { delayMs: number; lossPercent: number }): string {
    const root = ['qdisc', 'replace', 'dev', this.#device, 'root'];
    const netem = `netem delay ${o.delayMs}ms ${Math.ceil(o.delayMs / 4)}ms loss ${o.lossPercent}%`;
    if (succeeds('tc', ...root, ...netem.split(' '))) return netem;
    const queue = `tbf rate ${Math.max(16, 400 - 4 * o.delayMs)}kbit burst 1600 limit ${2000 + 100 * o.lossPercent}`;
    command('tc', ...root, ...queue.split(' '));
    return queue;
  }

  repair(): void {
    command('tc', 'qdisc', 'del', 'dev', this.#device, 'root');
  }
}
