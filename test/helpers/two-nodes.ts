/** Two network namespaces as two nodes, with a controller in the first: real daemons, real certificates, and nothing shared but this machine. */

import { execa } from 'execa';
import { joinNamespaces } from '../../agent/conditions/netns/pair.ts';
import { initAuthority, issueInto } from '../../controller/security/authority-folder.ts';
import { argv, newOutDir } from './cli.ts';
import { type DaemonProcess, LocalDaemons, until } from './daemons.ts';
import { parseMetrics } from './prometheus.ts';

export interface Node {
  /** its own name, and its agents' */
  readonly name: string;
  readonly ipv4: string;
  /** words that run what follows them there */
  readonly enter: readonly string[];
}

export class TwoNodes {
  readonly #daemons = new LocalDaemons();
  readonly #pair: Awaited<ReturnType<typeof joinNamespaces>>;
  readonly nodes: readonly [Node, Node];
  readonly out = newOutDir();
  controller: DaemonProcess | null = null;
  #port = 0;
  #agents = 0;

  static async start(): Promise<TwoNodes> {
    const both = new TwoNodes(await joinNamespaces({ netem: '', rate: '' }));
    await both.#certify();
    const [{ enter, ipv4 }] = both.nodes;
    const args = argv(`--listen ${ipv4}:0 --tls-dir ${both.tls('controller')} --results ${both.out} --ops 127.0.0.1:0`);
    both.controller = both.#daemons.start('controller', args, { wrap: enter });
    both.#port = await both.controller.port();
    return both;
  }

  private constructor(pair: Awaited<ReturnType<typeof joinNamespaces>>) {
    this.#pair = pair;
    this.nodes = [
      { name: 'node-1', ipv4: pair.sutIpv4, enter: pair.entering('sut') },
      { name: 'node-2', ipv4: pair.loadIpv4, enter: pair.entering('load') },
    ];
  }

  tls(name: string): string {
    return `${this.#daemons.dir}/${name}`;
  }

  /** an agent that measures */
  async agent(at: 0 | 1, name = this.nodes[at].name): Promise<DaemonProcess> {
    const agent = this.#start(at, name, argv(`--tls-dir ${this.tls(name)}`));
    await this.#oneMore();
    return agent;
  }

  /** an agent that lends its load generator */
  async lender(at: 0 | 1, name = this.nodes[at].name): Promise<DaemonProcess> {
    const { ipv4 } = this.nodes[at];
    const lender = this.#start(at, name, argv(`--roles load --listen ${ipv4}:0 --tls-dir ${this.tls(name)}`));
    await this.#oneMore();
    return lender;
  }

  /** the command line, on the controller's node */
  async cli(words: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const [{ enter, ipv4 }] = this.nodes;
    const command = [...enter, process.execPath, '--import', 'tsx', 'controller/cli/main.ts', ...argv(words)];
    const remote = ['--controller', `${ipv4}:${this.#port}`, '--tls-dir', this.tls('alice')];
    const ran = await execa(command[0]!, [...command.slice(1), ...remote], { reject: false, stdin: 'ignore' });
    return { exitCode: ran.exitCode ?? -1, stdout: ran.stdout, stderr: ran.stderr };
  }

  async close(): Promise<void> {
    await this.#daemons.close();
    this.#pair.close();
  }

  /** Waits until the controller has one agent more than when it was asked last. */
  async #oneMore(): Promise<void> {
    const url = `${await this.controller!.opsUrl()}/metrics`;
    const ask = `fetch('${url}').then(async (answer) => console.log((await answer.text()).trimEnd()))`;
    const [file, ...words] = [...this.nodes[0].enter, process.execPath, '-e', ask];
    const count = async () => {
      const { stdout } = await execa(file!, words);
      const metrics = parseMetrics(`${stdout}\n`);
      const of = (name: string) => metrics.get(`hookbench_controller_${name}`) ?? 0;
      return of('agents') + of('load_agents');
    };
    const wanted = this.#agents + 1;
    await until(`agent ${wanted}`, async () => ((await count()) >= wanted ? true : null), this.controller!);
    this.#agents = wanted;
  }

  #start(at: 0 | 1, name: string, args: readonly string[]): DaemonProcess {
    const { enter } = this.nodes[at];
    const own = ['--controller', `${this.nodes[0].ipv4}:${this.#port}`];
    return this.#daemons.start('agent', [...own, ...args], { wrap: [...enter, 'env', `HOOKBENCH_NODE_NAME=${name}`] });
  }

  async #certify(): Promise<void> {
    const ca = this.tls('ca');
    await initAuthority(ca, { days: 2, name: 'ca' });
    const issue = (out: string, role: 'controller' | 'agent' | 'cli', name: string, hosts: string[] = []) =>
      issueInto(this.tls(out), { ca, identity: { role, name }, hosts, days: 1 });
    await issue('controller', 'controller', '', [this.nodes[0].ipv4]);
    for (const name of ['node-1', 'node-2', 'node-3']) await issue(name, 'agent', name);
    await issue('alice', 'cli', 'alice');
  }
}
