import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { helloOf } from '../../../agent/hello.ts';
import { mechanismsOf } from '../../../agent/mechanisms/registry.ts';
import { planCommand } from '../../../controller/cli/plan.ts';
import type { PlanOptions } from '../../../controller/cli/plan-options.ts';
import { requestOf } from '../../../controller/cli/run-options.ts';
import { outlineOf } from '../../../controller/plan/outline.ts';
import { resolveStudy } from '../../../controller/plan/resolve.ts';
import { TYPICAL } from '../../../controller/plan/timing.ts';
import { gateOf, overlay } from '../../../controller/study-file/index.ts';
import type { Capability } from '../../../proto/index.ts';
import { buildOwn } from '../../helpers/own-hook.ts';

const EXAMPLES = fileURLToPath(new URL('../../../deploy/examples/studies/', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'hookbench-examples-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
mkdirSync(join(dir, 'hooks'), { mode: 0o755 });
buildOwn('example', join(dir, 'hooks', 'vendor.so'));
const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
for (const name of names) copyFileSync(join(EXAMPLES, name), join(dir, name));

/** the agent's own catalogue, as on a machine that lacks nothing: what this one lacks is no fault of an example */
async function hello() {
  const mechanisms = await mechanismsOf(join(dir, 'hooks'), null);
  const own = await helloOf({ agentId: 'node-1', runId: 'r', token: '', mechanisms });
  const able = (entries: Capability[]) => entries.map((entry) => ({ ...entry, support: 'supported' as const }));
  return { ...own, mechanisms: able(own.mechanisms), suts: able(own.suts), conditions: able(own.conditions) };
}

const here = hello();

async function planOf(name: string, ...flags: string[]) {
  const command = planCommand();
  let request: ReturnType<typeof requestOf> | undefined;
  command.action((file: string, given: PlanOptions) => {
    const { options, studyFile } = overlay(file, { options: given, command, section: 'plan' });
    request = requestOf({ ...options, out: 'results' }, '', studyFile);
  });
  await command.parseAsync([join(dir, name), ...flags], { from: 'user' });
  const { study, notices } = resolveStudy(request!, { agents: [await here], id: 'plan', randomSeed: 1 });
  return { study, notices, told: outlineOf(study, { node: 'node-1', timing: TYPICAL, notices }).outline };
}

const examples = suite('examples of study files');

examples('the paper’s protocol', async () => {
  const { study, notices, told } = await planOf('paper.yaml');
  assert.equal([study.requests, study.warmup, study.seed], [50_000, 4_000, 2023]);
  assert.equal([study.placed, study.attached], [['ld-preload'], ['bpftrace']]);
  assert.equal(
    notices.map(({ code }) => code),
    ['study-file'],
  );
  assert.ok(JSON.stringify(told).includes('java-hello'));
});

examples('a vendor’s gate', async () => {
  const { study } = await planOf('vendor-gate.yaml');
  assert.equal(study.placed, ['ld-preload', 'own:vendor']);
  const { max } = gateOf(join(dir, 'vendor-gate.yaml'));
  assert.equal(
    max.map(({ subject }) => subject),
    ['own:vendor:read-loop:caller', 'own:vendor:node-hello:client'],
  );
});

examples('two layers', async () => {
  const { study } = await planOf('two-layers.yaml');
  assert.equal([study.placed, study.attached], [['ld-preload'], ['bpf']]);
  assert.equal([study.until?.halfWidthNs, study.until?.budgetMs, study.marginNs], [1_000, 600_000, 1_000]);
});

examples('four layers: each runtime has its own mechanism, and what does not suit a server is told', async () => {
  const { study, notices } = await planOf('four-layers.yaml');
  assert.equal([study.placed, study.attached], [['app-filter', 'jvmti', 'node-preload', 'ld-preload'], ['bpf']]);
  assert.equal(study.unsuited, [
    { sut: 'read-loop', mechanism: 'app-filter', why: 'read-loop has no filter of its own' },
    { sut: 'node-hello', mechanism: 'jvmti', why: 'node-hello is no Java program' },
    { sut: 'read-loop', mechanism: 'jvmti', why: 'read-loop is no Java program' },
    { sut: 'java-hello', mechanism: 'node-preload', why: 'java-hello is no Node.js program' },
    { sut: 'read-loop', mechanism: 'node-preload', why: 'read-loop is no Node.js program' },
  ]);
  assert.ok(notices.some(({ code }) => code === 'unsuited'));
});

examples(
  'a cluster: in the agent’s container and in a pod; the same with Docker by a flag, where its engine is',
  async () => {
    const { study } = await planOf('cluster.yaml');
    assert.equal(study.conditions, ['process', 'pod']);
    assert.equal([study.placed, study.attached, study.unsuited], [['ld-preload'], ['bpf'], []]);
    const docker = await planOf('cluster.yaml', '--conditions', 'process,docker');
    assert.equal(docker.study.conditions, ['process', 'docker']);
    const { command: _own, conditions: _where, ...same } = study;
    const { command: _its, conditions: _there, ...other } = docker.study;
    assert.equal(other, same);
  },
);

examples('there are no others that nothing looks at', () => {
  assert.equal(names.sort(), ['cluster.yaml', 'four-layers.yaml', 'paper.yaml', 'two-layers.yaml', 'vendor-gate.yaml']);
});

examples.run();
