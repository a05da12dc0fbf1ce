/** Real namespaces: who is in which, what is between them, and that nothing is left however it ends. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { netns } from '../../../agent/conditions/netns/index.ts';
import { shapeOf } from '../../../agent/conditions/netns/shape.ts';
import { freeSubnet } from '../../../agent/conditions/netns/subnet.ts';
import { conditionOf } from '../../../agent/conditions/registry.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { startTicks, UndoStack } from '../../../agent/host/undo.ts';
import type { ChildPort } from '../../../agent/load/port.ts';
import { networkPath } from '../../../agent/observe/path.ts';
import { placedEnd } from '../../../agent/observe/placement.ts';
import { processStat } from '../../../agent/observe/proc.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import { onlyAgentCapabilities } from '../../../proto/index.ts';
import { heldAfterAll, holdersOf, netNamespaceOf, ownDevices } from '../../helpers/namespaces.ts';
import { needs } from '../../helpers/require.ts';

const condition = suite('condition netns');
const USER = { uid: 64_137, gid: 64_137 };

/** in a condition that is undone at the end; journal in a folder of its own */
async function entered(work: (o: { host: Parameters<typeof netns.enter>[0]; journal: string }) => Promise<void>) {
  const journal = mkdtempSync(join(tmpdir(), 'hookbench-netns-test-'));
  const undo = new UndoStack(journal);
  try {
    await work({ host: { pinning: pinningOf(), undo, runAs: USER }, journal });
  } finally {
    assert.equal(await undo.run(), []);
    rmSync(journal, { recursive: true });
  }
}

condition('a SUT is reached over veth only, from the other namespace only, by a user without rights', async () => {
  if (!needs('netns')) return;
  await entered(async ({ host }) => {
    const placement = await netns.enter(host, new Map(), '');
    const sut = await startSut(SUTS.find(({ id }) => id === 'node-hello')!, {
      ...{ placement, env: {}, signal: new AbortController().signal },
    });
    host.undo.push('SUT', null, () => sut.stop());
    const url = `http://${placement.sutIpv4}:${sut.port}/`;
    const asks = [
      '-e',
      `fetch('${url}', { signal: AbortSignal.timeout(2000) }).then(async (a) => console.log(await a.text()))`,
    ];
    assert.is(await outputOf(await placement.startLoad(process.execPath, asks, {})), 'Hello World\n\n');

    const load = await placement.startLoad('sleep', ['1000'], {});
    host.undo.push('load', null, () => load.kill('SIGKILL'));
    await running(load.pid, 'sleep');
    const [sutEnd, loadEnd] = [placedEnd(sut.pid), placedEnd(load.pid)];
    const own = netNamespaceOf(process.pid);
    const spaces = new Set([sutEnd?.netNamespace, loadEnd?.netNamespace, /\d+/.exec(own)?.[0]]);
    assert.is(spaces.size, 3, 'SUT, load generator and agent are in three network namespaces');
    assert.is(sutEnd?.mountNamespace, loadEnd?.mountNamespace, 'files and rings stay in reach');
    const path = await networkPath({ loadPid: load.pid, sutPid: sut.pid, ipv4: placement.sutIpv4, port: sut.port });
    assert.equal([path.route, path.deviceKind, path.acceptedBy, path.missing], ['link', 'veth', 'sut', []]);
    assert.is(path.device, `hbl${process.pid}`);

    const here = await execa(process.execPath, asks, { reject: false });
    assert.is.not(here.exitCode, 0, 'not from this namespace');
    for (const pid of [sut.pid, load.pid]) assert.match(await statusOf(pid), /^Uid:\t64137\t.*\nGid:\t64137\t/m);
    for (const pid of [sut.pid, load.pid]) assert.match(await statusOf(pid), /^CapBnd:\t0+$/m);
  });
});

condition('undone: no namespace, device or process is left; nothing was seen among named ones', async () => {
  if (!needs('netns')) return;
  let spaces: string[] = [];
  await entered(async ({ host }) => {
    const placement = await netns.enter(host, new Map(), '');
    const children = [
      await placement.startSut('sleep', ['1000'], {}),
      await placement.startLoad('sleep', ['1000'], {}),
    ];
    for (const { pid } of children) await running(pid, 'sleep');
    spaces = children.map(({ pid }) => netNamespaceOf(pid));
    assert.equal(await ownDevices(), [], 'this host sees no new device and no named namespace');
    for (const space of spaces) assert.ok(holdersOf(space).length > 0, space);
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ exited }) => exited));
    for (const space of spaces) assert.ok(holdersOf(space).length > 0, `${space} lives between two starts of a SUT`);
  });
  assert.is(new Set(spaces).size, 2);
  for (const space of spaces) assert.equal(await heldAfterAll(space), []);
});

condition('killed outright: the kernel takes all of it away', async () => {
  if (!needs('netns')) return;
  const journal = mkdtempSync(join(tmpdir(), 'hookbench-netns-test-'));
  const script = new URL('in-netns.ts', import.meta.url).pathname;
  const agent = execa(process.execPath, ['--import', 'tsx', script, journal], { reject: false, stdin: 'ignore' });
  const pids = await new Promise<number[]>((resolve) => {
    agent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim().split(' ').map(Number)));
  });
  for (const pid of pids) await running(pid, 'sleep');
  const spaces = pids.map(netNamespaceOf);
  agent.kill('SIGKILL');
  await agent;
  assert.is(new Set([...spaces, netNamespaceOf(process.pid)]).size, 3);
  for (const space of spaces) assert.equal(await heldAfterAll(space), []);
  assert.equal(pids.map(startTicks), ['', '']);
  assert.equal(readdirSync(journal), [], 'there is nothing for the next start to do');
  rmSync(journal, { recursive: true });
});

condition('supported with the capabilities that an agent keeps; unsupported, and with which, without', async () => {
  if (!needs('netns')) return;
  const probed = async (words: readonly string[]) => {
    const code = `import('${new URL('../../../agent/conditions/netns/index.ts', import.meta.url)}').then(({ netns }) => netns.probe()).then((a) => console.log(JSON.stringify(a)))`;
    const command = [...words, process.execPath, '--import', 'tsx', '-e', code];
    const { stdout } = await execa('setpriv', command);
    return JSON.parse(stdout) as { support: string; found: string };
  };
  const kept = await probed(onlyAgentCapabilities());
  assert.is(kept.support, 'supported', kept.found);
  assert.match(kept.found, /^a veth pair between two network namespaces, 10\.183\.\d+\.1 and 10\.183\.\d+\.2$/);
  const bare = await probed(['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all']);
  assert.equal([bare.support, bare.found], ['unsupported', 'no CAP_SYS_ADMIN in this process']);
});

condition('unsupported where there may be no user namespaces, with the setting that says so', async () => {
  if (!needs('netns')) return;
  const url = new URL('../../../agent/conditions/netns/index.ts', import.meta.url);
  const code = `import('${url}').then(({ netns }) => netns.probe()).then((a) => console.log(JSON.stringify(a)))`;
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
  const command = ['sh', '-c', script, 'sh', process.execPath, '--import', 'tsx', '-e', code];
  const { stdout } = await execa('unshare', ['--user', '--map-root-user', ...command]);
  const { support, found } = JSON.parse(stdout) as { support: string; found: string };
  assert.is(support, 'unsupported');
  assert.match(found, /unshare failed: No space left on device \(user\.max_user_namespaces\)/);
});

condition('a set-up that fails says what failed', async () => {
  if (!needs('netns')) return;
  const path = process.env.PATH;
  const bin = mkdtempSync(join(tmpdir(), 'hookbench-netns-test-'));
  try {
    await execa('sh', [
      '-c',
      `for tool in unshare sh setpriv nsenter; do ln -s "$(command -v $tool)" "$1/$tool"; done`,
      'sh',
      bin,
    ]);
    process.env.PATH = bin;
    const { support, found } = await netns.probe();
    assert.is(support, 'unsupported');
    assert.match(found, /two network namespaces could not be joined: .*ip: not found/);
  } finally {
    process.env.PATH = path;
    rmSync(bin, { recursive: true });
  }
});

condition('a rate is kept in either direction; what tc is told of the others', async () => {
  if (!needs('netns')) return;
  await entered(async ({ host }) => {
    const { condition: shaped, options } = conditionOf('netns:rate=8mbit');
    const placement = await shaped.enter(host, options, '');
    const sut = await startSut(SUTS.find(({ id }) => id === 'node-hello')!, {
      ...{ placement, env: {}, signal: new AbortController().signal },
    });
    host.undo.push('SUT', null, () => sut.stop());
    const tc = await outputOf(await placement.startLoad('tc', ['qdisc', 'show', 'dev', `hbl${process.pid}`], {}));
    assert.match(tc, /^qdisc tbf .* root .*rate 8Mbit /m);
    // the second answer comes when the first request's body has been read
    const post = `const started = performance.now();
      const to = require('node:net').connect(${sut.port}, '${placement.sutIpv4}');
      const head = (words) => words + ' / HTTP/1.1\\r\\nHost: a\\r\\n';
      to.write(head('POST') + 'Content-Length: 1500000\\r\\n\\r\\n' + 'x'.repeat(1500000) + head('GET') + '\\r\\n');
      let text = '';
      to.on('data', (chunk) => {
        text += chunk;
        if (text.split('Hello World').length === 3) { console.log(performance.now() - started); to.destroy(); }
      })`;
    const tookMs = Number(await outputOf(await placement.startLoad(process.execPath, ['-e', post], {})));
    assert.ok(tookMs > 1000, `12 Mbit less a burst of 1 went at 8 Mbit/s in ${tookMs} ms`);
  });
  const netem = (name: string) => shapeOf(conditionOf(name).options).netem;
  assert.is(netem('netns:delay=1ms,jitter=100us,loss=0.1%'), 'delay 1ms 100us loss 0.1%');
  assert.is(netem('netns:jitter=100us'), 'delay 0ms 100us');
  assert.is(netem('netns:rate=1gbit'), '');
});

condition('each option is tried, and the kernel’s own words say what is missing', async () => {
  if (!needs('netns')) return;
  for (const option of netns.options) {
    const { support, needs: needed, found } = await option.probe();
    if (support === 'supported') continue;
    assert.equal(
      [support, found],
      ['unsupported', 'it was refused: Error: Specified qdisc kind is unknown.'],
      option.key,
    );
    assert.match(needed, /CONFIG_NET_SCH_(NETEM|TBF)/);
  }
});

condition('names from the wire: known ids and options, values of the known form, nothing else', () => {
  for (const name of ['process', 'netns', 'netns:rate=100mbit', 'netns:delay=1.5ms,loss=1%']) conditionOf(name);
  for (const [name, why] of [
    ['moon', /unknown condition moon; known here: process, netns, docker, docker:bridge, pod/],
    ['netns:speed=1', /unknown option speed of condition netns; known here: delay, jitter, loss, rate/],
    ['process:rate=1mbit', /unknown option rate of condition process; known here: none/],
    ['netns:rate=fast', /is not a condition/],
    ['netns:rate=1mbit;reboot', /is not a condition/],
    ['netns:rate=1mbit burst', /is not a condition/],
    ['netns:rate=1mbit,rate=2mbit', /is not a condition/],
    ['netns:rate=1ms', /rate=1ms is no value of condition netns/],
    ['netns:delay=1', /delay=1 is no value/],
    ['../netns', /is not a condition/],
  ] as const)
    assert.throws(() => conditionOf(name), why, name);
});

condition('addresses are of a network that the host has no route to', () => {
  const table = (...rows: string[]) =>
    ['Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask', ...rows].join('\n');
  const row = (to: string, mask: string) => `eth0\t${to}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0`;
  const first = (...rows: string[]) => freeSubnet(table(...rows)).sutIpv4;
  assert.is(first(), '10.183.0.1');
  assert.is(first(row('00000000', '00000000')), '10.183.0.1', 'a default route is no neighbour');
  assert.is(first(row('0000A8C0', '00FFFFFF')), '10.183.0.1');
  assert.is(first(row('0000B70A', '00FFFFFF')), '10.183.1.1', '10.183.0.0/24 is taken');
  assert.is(first(row('0000B70A', '00FEFFFF')), '10.183.2.1', '10.183.0.0/23');
  assert.is(first(row('0300B70A', 'FFFFFFFF')), '10.183.1.1', 'one address of it');
  for (const wide of [row('0000B70A', '0000FFFF'), row('0000000A', '000000FF')])
    assert.throws(() => first(wide), /routes into all of 10\.183\.0\.0\/16/);
});

async function outputOf(child: ChildPort): Promise<string> {
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await child.exited;
  return text;
}

/** what starts a program has become it */
async function running(pid: number, name: string): Promise<void> {
  for (let i = 0; i < 400 && processStat(pid)?.name !== name; i++) await sleep(10);
  assert.is(processStat(pid)?.name, name);
}

async function statusOf(pid: number): Promise<string> {
  return (await execa('cat', [`/proc/${pid}/status`])).stdout;
}

condition.run();
