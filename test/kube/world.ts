/** A cluster with hookbench's image on its nodes, and the commands that a user has: kubectl, and `npm run cluster`. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Results } from '../../controller/analysis/results.ts';
import { IMAGE, savedImage } from './image.ts';
import { type LocalCluster, localCluster } from './local-cluster.ts';
import { volumeOn } from './volume.ts';

const SCRIPT = join(import.meta.dirname, '../../deploy/cluster/cluster.sh');

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly done: Promise<Said>;
  /** resolves when its stderr has had this. @throws Error when it ends without */
  said(pattern: RegExp): Promise<void>;
}

export interface World {
  readonly nodes: readonly string[];
  /** null where the cluster is somebody's own: its links are let alone */
  readonly local: LocalCluster | null;
  kubectl(words: readonly string[], o?: { input?: string }): Promise<Said>;
  /** `npm run cluster -- WORDS` */
  cluster(words: readonly string[]): Command;
  /** fetches the newest study's report */
  results(): Promise<Results>;
  stop(): Promise<void>;
}

/** Takes the cluster of KUBECONFIG, whose nodes have the image and which has DNS and volumes; brings one up where there is no KUBECONFIG. */
export async function worldWith(o: { nodes: number; ownPids?: boolean }): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-kube-test-'));
  const local = (process.env.KUBECONFIG ?? '') === '' ? await withImage(dir, o) : null;
  const env = { ...local?.env, HOOKBENCH_CA: join(dir, 'ca'), HOOKBENCH_TLS: join(dir, 'tls') };
  const kubectl: World['kubectl'] = (words, { input = '' } = {}) => started('kubectl', words, { env, input }).done;
  const cluster: World['cluster'] = (words) => started('sh', [SCRIPT, ...words], { env, input: '' });
  const stop = async () => {
    // a cluster that ends takes all with it
    if (local === null) await cluster(['down']).done;
    await local?.down();
    rmSync(dir, { recursive: true, force: true });
  };
  if (local !== null) {
    const volume = join(dir, 'volume');
    mkdirSync(volume);
    await kubectl(['apply', '-f', '-'], { input: volumeOn(local.nodes[0]!, volume) });
  }
  const { stdout } = await kubectl(['get', 'nodes', '--output', 'jsonpath={.items[*].metadata.name}']);
  const results = () => newest(cluster, join(dir, `report-${Date.now()}`));
  return { nodes: stdout.split(' '), local, kubectl, cluster, results, stop };
}

async function withImage(dir: string, o: { nodes: number; ownPids?: boolean }): Promise<LocalCluster> {
  const saving = savedImage(dir);
  saving.catch(() => undefined);
  const local = await localCluster(o);
  try {
    await local.load(await saving, IMAGE);
    return local;
  } catch (error) {
    await local.down();
    throw error;
  }
}

function started(file: string, words: readonly string[], o: { env: Record<string, string>; input: string }): Command {
  const child = execa(file, words, { ...o, reject: false });
  let ended: Said | null = null;
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const done = child.then(({ exitCode, stdout, stderr }) => {
    ended = { exitCode: exitCode ?? -1, stdout, stderr };
    return ended;
  });
  const said = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) {
      if (ended !== null) throw new Error(`${words.join(' ')} ended without saying ${pattern}: ${text}`);
      await sleep(100);
    }
  };
  return { done, said };
}

async function newest(cluster: World['cluster'], dir: string): Promise<Results> {
  const { exitCode, stderr } = await cluster(['report', '', dir]).done;
  if (exitCode !== 0) throw new Error(`cluster report: ${stderr}`);
  const [study = ''] = readdirSync(dir);
  return JSON.parse(readFileSync(join(dir, study, 'results.json'), 'utf8')) as Results;
}

/** looks twice a second. @throws Error after `withinS` seconds, with what was seen last */
export async function until(what: string, holds: () => Promise<true | string>, withinS = 120): Promise<void> {
  const giveUpAtMs = Date.now() + withinS * 1000;
  for (;;) {
    const seen = await holds();
    if (seen === true) return;
    if (Date.now() > giveUpAtMs) throw new Error(`not within ${withinS} s: ${what}; seen last: ${seen}`);
    await sleep(500);
  }
}
