/** The overlays on a real Kubernetes, and studies through them. `npm run test:kube` runs all of it; without HOOKBENCH_LONG it is one study on two
 * nodes. KUBECONFIG names a cluster (its nodes have the image, it has DNS and volumes); otherwise one is brought up on this machine. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { engineUp } from '../helpers/engine.ts';
import { needs } from '../helpers/require.ts';
import { hasTime } from './able.ts';
import { onThisMachine } from './left-behind.ts';
import { measuredOn, placedIn, samePodAndNode } from './study-checks.ts';
import { sutPodsOf } from './sut-pods.ts';
import { until, type World, worldWith } from './world.ts';

const LONG = process.env.HOOKBENCH_LONG === '1';
const STUDY = '--sut read-loop --mechanisms ld-preload,bpf,bpftrace --requests 600 --warmup 200 --blocks 2 --seed 3';
const kube = suite('kube');

const engine = await engineUp();
kube.after(() => engine.stop());

if (needs('kubernetes') && hasTime()) {
  const before = onThisMachine();
  const world = await worldWith({ nodes: LONG ? 3 : 2 });
  const study = (words: string) => world.cluster(['run', ...STUDY.split(' '), ...words.split(' ')]);
  kube.after(() => world.stop());

  kube('the overlay comes up by one command, without a privilege', async () => {
    const { exitCode, stderr } = await world.cluster(['up', 'pod']).done;
    assert.is(exitCode, 0, stderr);
  });

  kube('a study in pods: hooks of both layers see every read of the right process, on every node', async () => {
    const { exitCode, stderr } = await study('--conditions pod --forks 1').done;
    assert.is(exitCode, 0, stderr);
    const results = await world.results();
    assert.is(results.study.status, 'complete');
    assert.equal(results.nodes.map(({ id }) => id).sort(), [...world.nodes].sort());
    const pods = await sutPodsOf(world);
    for (const node of world.nodes) {
      measuredOn(node, results);
      placedIn(pods.find((one) => one.node === node)!, results);
    }
    samePodAndNode(results);
  });

  kube(
    'an agent that is deleted in the middle: its fork is repeated or its node is named as lost, the others are whole',
    async () => {
      const [first, ...others] = world.nodes;
      const running = study(`--conditions pod --forks ${LONG ? 3 : 2}`);
      await running.said(/: fork 1 of /);
      await deleted(world, first!);
      const { exitCode, stderr } = await running.done;
      assert.is(exitCode, 0, stderr);
      const results = await world.results();
      const told = results.warnings.filter(({ code }) => code === 'fork-repeated' || code === 'node-lost');
      assert.is(told.length, 1, JSON.stringify(results.warnings));
      assert.match(told[0]!.detail, first!);
      for (const node of told[0]!.code === 'node-lost' ? others : world.nodes) measuredOn(node, results);
    },
  );

  if (LONG) {
    kube('a node whose link is cut is named as lost, the others are whole, and it comes back', async () => {
      if (world.local === null) return;
      const lost = world.nodes.at(-1)!;
      const running = study('--conditions pod --forks 2');
      await running.said(/: fork 1 of /);
      await world.local.link(lost, 'down');
      const { exitCode, stderr } = await running.done;
      await world.local.link(lost, 'up');
      assert.is(exitCode, 0, stderr);
      const results = await world.results();
      const told = results.warnings.filter(({ code }) => code === 'node-lost');
      assert.is(told.length, 1, JSON.stringify(results.warnings));
      assert.match(told[0]!.detail, lost);
      for (const node of world.nodes.filter((one) => one !== lost)) measuredOn(node, results);
      await allReady(world);
    });

    kube('the DaemonSet rolls, and the agents that come measure', async () => {
      const names = await agentPods(world);
      await world.kubectl(['--namespace', 'hookbench', 'rollout', 'restart', 'daemonset/hookbench-agent']);
      await allReady(world);
      const now = await agentPods(world);
      assert.equal(
        now.filter((name) => names.includes(name)),
        [],
      );
      const { exitCode, stderr } = await study('--conditions pod --forks 1').done;
      assert.is(exitCode, 0, stderr);
      const results = await world.results();
      for (const node of world.nodes) measuredOn(node, results);
    });

    kube(
      'three nodes, three conditions, three mechanisms: in one pod, and from the next node over pods’ addresses and through Services',
      async () => {
        const { exitCode, stderr } = await world.cluster(['up', 'nodes']).done;
        assert.is(exitCode, 0, stderr);
        const conditions = ['pod', 'nodes:pod', 'nodes:service'];
        const ran = await study(`--conditions ${conditions} --forks 1`).done;
        assert.is(ran.exitCode, 0, ran.stderr);
        const results = await world.results();
        assert.is(results.study.status, 'complete');
        for (const node of world.nodes) for (const condition of conditions) measuredOn(node, results, condition);
        const seen = results.observations ?? [];
        assert.is(seen.length, world.nodes.length * conditions.length);
        for (const { ends, path, condition } of seen) {
          assert.ok(ends.length > 0, condition);
          for (const { sut, load } of ends) assert.is(sut.node === load.node, condition === 'pod', condition);
          assert.equal([path.acceptedBy, path.route], ['sut', condition === 'pod' ? 'loopback' : 'routed']);
        }
      },
    );
  }

  kube('down leaves nothing on the nodes', async () => {
    const { exitCode, stderr } = await world.cluster(['down']).done;
    assert.is(exitCode, 0, stderr);
    assert.equal(onThisMachine(), before);
    const { stdout } = await world.kubectl(['get', 'namespaces', '--output', 'name']);
    assert.not.match(stdout, 'hookbench');
  });
} else kube.skip('studies on a cluster', () => {});

kube.run();

async function agentPods(world: World): Promise<string[]> {
  const words = ['--namespace', 'hookbench', 'get', 'pods', '--selector', 'app=hookbench-agent', '--output', 'name'];
  return (await world.kubectl(words)).stdout.split('\n').filter((name) => name !== '');
}

async function deleted(world: World, node: string): Promise<void> {
  const of = ['--selector', 'app=hookbench-agent', '--field-selector', `spec.nodeName=${node}`, '--wait=false'];
  await world.kubectl(['--namespace', 'hookbench', 'delete', 'pods', ...of]);
}

/** agents on all nodes, and not those that are ending */
async function allReady(world: World): Promise<void> {
  const words = ['--namespace', 'hookbench', 'rollout', 'status', 'daemonset/hookbench-agent', '--timeout=5s'];
  // one node after the other, and each agent looks at its machine first
  await until(
    'agents on all nodes',
    async () => {
      const { exitCode, stdout, stderr } = await world.kubectl(words);
      return exitCode === 0 ? true : stdout + stderr;
    },
    300,
  );
}
