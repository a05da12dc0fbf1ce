/** A Kubernetes of several nodes on this machine, by the script that `HOOKBENCH_KUBE_CLUSTER` names (its commands: build, up, load, env, down, status).
 * Each node is a network namespace on a bridge, so a link can be cut. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa, execaSync } from 'execa';
import { nameService } from './dns.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = process.env.HOOKBENCH_KUBE_CLUSTER ?? resolve(ROOT, '../shared/kube/cluster');
/** of the machine on the nodes' bridge */
const MACHINE = '10.200.0.254';
const BRIDGE = 'k8s-cp';

export interface LocalCluster {
  readonly env: Readonly<Record<string, string>>;
  readonly nodes: readonly string[];
  /** gives all nodes an image, under another name */
  load(image: { tar: string; name: string }, as: string): Promise<void>;
  link(node: string, state: 'up' | 'down'): Promise<void>;
  /** ends what it started and no other */
  down(): Promise<void>;
}

/** @returns whether one could be brought up without building it first, and nobody has it up */
export function isBuilt(): boolean {
  return status() === 'built,down';
}

export function isUp(): boolean {
  return status().endsWith(',up');
}

export function hasScript(): boolean {
  return process.getuid?.() === 0 && existsSync(SCRIPT);
}

function status(): string {
  if (!hasScript()) return '';
  return execaSync(SCRIPT, ['status'], { reject: false }).stdout.split('\n').join(',');
}

/** @param o.ownPids a pid namespace for each node, as kind's have @throws Error where one is up already */
export async function localCluster(o: { nodes: number; ownPids?: boolean }): Promise<LocalCluster> {
  if (isUp()) throw new Error(`a cluster is up on this machine: ${SCRIPT} down`);
  const nodes = Array.from({ length: o.nodes }, (_, i) => `n${i + 1}`);
  const env = { DNS_IP: MACHINE, ...(o.ownPids === true ? { PIDNS: '1' } : {}) };
  try {
    await execa(SCRIPT, ['up', String(o.nodes)], { env, stdin: 'ignore' });
    const own = await variables();
    const dns = await nameService({ address: MACHINE }, (namespace, name) => serviceAddress(own, namespace, name));
    return {
      ...{ env: own, nodes },
      load: async ({ tar, name }, as) => {
        const names = [name, as].map((one) => `docker.io/library/${one}`);
        const ctr = (node: string, ...words: string[]) =>
          execa(SCRIPT, ['exec', node, 'ctr', '--namespace', 'k8s.io', 'images', ...words]);
        await Promise.all(
          nodes.map(async (node) => {
            await ctr(node, 'import', tar);
            await ctr(node, 'tag', ...names);
          }),
        );
      },
      link: async (node, state) => void (await execa('ip', ['-n', BRIDGE, 'link', 'set', node, state])),
      down: async () => {
        await dns.stop();
        await execa(SCRIPT, ['down'], { reject: false });
      },
    };
  } catch (error) {
    await execa(SCRIPT, ['down'], { reject: false });
    throw error;
  }
}

/** "export KUBECONFIG=… PATH=…:$PATH" */
async function variables(): Promise<Record<string, string>> {
  const { stdout } = await execa(SCRIPT, ['env']);
  const words = stdout.replace(/^export /, '').split(' ');
  const pairs = words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  const { PATH = '', ...rest } = Object.fromEntries(pairs) as Record<string, string>;
  return { ...rest, PATH: PATH.replace('$PATH', process.env.PATH ?? '') };
}

async function serviceAddress(env: Readonly<Record<string, string>>, namespace: string, name: string) {
  const words = ['--namespace', namespace, 'get', 'service', name, '--output', 'jsonpath={.spec.clusterIP}'];
  const { exitCode, stdout } = await execa('kubectl', words, { env, reject: false });
  return exitCode === 0 && /^\d+(?:\.\d+){3}$/.test(stdout) ? stdout : null;
}
