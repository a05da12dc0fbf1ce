/** Who else uses the machine: real processes that burn CPU, ours and others'. */

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ownProcesses } from '../../../agent/observe/own-processes.ts';
import { allPids, FIRST_PID_NAMESPACE, namespaceOf, processStat } from '../../../agent/observe/proc.ts';
import { lookAtTenants, type TenantsLook, tenantsBetween } from '../../../agent/observe/tenants.ts';
import { endAll, startNode, startOrphan } from '../../helpers/observed.ts';

const tenants = suite('observe: tenants');
tenants.after.each(endAll);

const SPAN_MS = 800;
const BURN = 'process.title = process.argv[1] ?? "hb-burner"; while (true) {}';
const BURN_OWN = 'console.log("on"); process.title = "hb-own"; setImmediate(() => { while (true) {} })';

async function spanned(pids: readonly number[]): Promise<{ from: TenantsLook; to: TenantsLook }> {
  const from = lookAtTenants(pids);
  await sleep(SPAN_MS);
  return { from, to: lookAtTenants(pids) };
}

function seesAll(): boolean {
  if (namespaceOf('self', 'pid') === FIRST_PID_NAMESPACE) return true;
  process.stdout.write('SKIP: needs the first pid namespace\n');
  return false;
}

tenants('a stranger that burns CPU is seen, with its name and its share', async () => {
  if (!seesAll()) return;
  await startOrphan(BURN);
  await sleep(200);
  const { from, to } = await spanned([]);
  const { foreignCpuShare, foreign } = tenantsBetween(from, to);
  assert.is(foreignCpuShare.missing, '');
  const share = Number(/^hb-burner (\d\.\d\d)$/m.exec(foreign.join('\n'))?.[1] ?? 0);
  assert.ok(share > 0.2 && share < 1.2, `${foreign.join(', ')}`);
  assert.ok(foreignCpuShare.value >= share - 0.01, `${foreignCpuShare.value} ${share}`);
});

tenants('what the agent started, and an end that it did not start, are no strangers', async () => {
  if (!seesAll()) return;
  await startNode(BURN_OWN);
  const orphan = await startOrphan(BURN);
  await sleep(200);
  const { from, to } = await spanned([orphan]);
  const { foreign } = tenantsBetween(from, to);
  assert.not(/hb-own|hb-burner/.test(foreign.join(' ')), foreign.join(', '));
});

tenants('what a stranger’s child used is counted when it has begun and ended between two looks', async () => {
  if (!seesAll()) return;
  const short = 'const end = Date.now() + 500; while (Date.now() < end) {}';
  const parent = `process.title = "hb-parent"; setTimeout(() => require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(short)}]), 400); setInterval(() => {}, 1000)`;
  await startOrphan(parent);
  await sleep(250);
  const from = lookAtTenants([]);
  await sleep(1600);
  const { foreign } = tenantsBetween(from, lookAtTenants([]));
  const share = Number(/hb-parent (\d\.\d\d)/.exec(foreign.join('\n'))?.[1] ?? 0);
  assert.ok(share > 0.1, foreign.join(', '));
});

tenants('the agent itself and whatever descends from it are its own, a stranger is not', async () => {
  const own = await startNode('console.log(1); setInterval(() => {}, 1000)');
  const stranger = spawn('sleep', ['5'], { stdio: 'ignore' });
  try {
    const stats = allPids().flatMap((pid) => processStat(pid) ?? []);
    const pids = ownProcesses(stats, []);
    assert.ok(pids.has(process.pid) && pids.has(own.pid) && pids.has(stranger.pid!));
    assert.not(pids.has(1));
    assert.ok(ownProcesses(stats, [1]).has(1), 'an end is its own');
  } finally {
    stranger.kill('SIGKILL');
  }
});

tenants('what could not be read is missing and not 0', () => {
  const look = { atMs: 0, stealMs: null, cpuStalledMs: null, table: null };
  const { stealShare, cpuPressureShare, foreignCpuShare, foreign } = tenantsBetween(look, { ...look, atMs: 100 });
  for (const fact of [stealShare, cpuPressureShare, foreignCpuShare]) assert.ok(fact.missing.length > 5);
  assert.equal(foreign, []);
});

tenants('stolen and stalled time are shares of the time between', () => {
  const from = { atMs: 0, stealMs: 1000, cpuStalledMs: 50, table: null };
  const seen = tenantsBetween(from, { ...from, atMs: 2000, stealMs: 1500, cpuStalledMs: 250 });
  assert.equal(seen.stealShare, { value: 0.25, missing: '' });
  assert.equal(seen.cpuPressureShare, { value: 0.1, missing: '' });
});

tenants.run();
