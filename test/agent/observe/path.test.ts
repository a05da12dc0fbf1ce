/** The way between the two ends: real servers, a real proxy, real connections. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { networkPath } from '../../../agent/observe/path.ts';
import { containerOf, placedEnd, podUidOf } from '../../../agent/observe/placement.ts';
import { namespaceOf } from '../../../agent/observe/proc.ts';
import { bestRoute } from '../../../agent/observe/route.ts';
import { endAll, startNode } from '../../helpers/observed.ts';

const path = suite('observe: path');
path.after.each(endAll);

const SERVER = `const server = require('node:net').createServer((socket) => socket.resume());
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
const PROXY = `process.title = 'hb-proxy';
const net = require('node:net');
const server = net.createServer((socket) => socket.pipe(net.connect(Number(process.argv[1]), '127.0.0.1')).pipe(socket));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
const CLIENT = `const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1', () => socket.write('x', () => console.log('on')));`;
// bound both times: only then does the kernel give the port twice
const FROM_ONE_PORT = `const { connect } = require('node:net');
const localPort = 20_000 + (process.pid % 10_000);
const to = (port) => new Promise((resolve) => {
  const socket = connect({ port: Number(port), host: '127.0.0.1', localPort }, () => resolve(socket));
});
to(process.argv[1]).then(() => to(process.argv[2])).then(() => console.log('on'));`;
const FORKING = `const net = require('node:net');
const server = net.createServer();
server.listen(0, '127.0.0.1', () => {
  const child = require('node:child_process').spawn(process.execPath, ['-e', \`
    const server = require('node:net').createServer((socket) => socket.resume());
    process.stdin.on('end', () => process.exit()).resume();
    server.listen({ fd: 3 }, () => console.log('up'));\`], { stdio: ['pipe', 'pipe', 'inherit', server._handle.fd] });
  child.stdout.once('data', () => { console.log(server.address().port); server._handle.close(); });
});`;

path('a connection that the SUT accepted itself', async () => {
  const sut = await startNode(SERVER);
  const port = Number(sut.word);
  const load = await startNode(CLIENT, sut.word);
  const seen = await networkPath({ loadPid: load.pid, sutPid: sut.pid, ipv4: '127.0.0.1', port });
  assert.equal(seen, {
    acceptedBy: 'sut',
    acceptor: '',
    route: 'loopback',
    device: 'lo',
    deviceKind: 'loopback',
    meshProxies: [],
    missing: [],
  });
});

path('a proxy between the two is told by its name', async () => {
  const sut = await startNode(SERVER);
  const proxy = await startNode(PROXY, sut.word);
  const port = Number(proxy.word);
  const ends = { sutPid: sut.pid, ipv4: '127.0.0.1', port };
  const load = await startNode(CLIENT, proxy.word);
  const seen = await networkPath({ loadPid: load.pid, ...ends });
  assert.equal([seen.acceptedBy, seen.acceptor], ['other', 'hb-proxy']);
  // without a connection whoever listens there is asked
  const idle = await networkPath({ loadPid: process.pid, ...ends });
  assert.equal([idle.acceptedBy, idle.acceptor], ['other', 'hb-proxy']);
});

path('another server that is reached from the same local port is no proxy', async () => {
  const other = await startNode(SERVER);
  const sut = await startNode(SERVER);
  const load = await startNode(FROM_ONE_PORT, other.word, sut.word);
  const seen = await networkPath({ loadPid: load.pid, sutPid: sut.pid, ipv4: '127.0.0.1', port: Number(sut.word) });
  assert.is(seen.acceptedBy, 'sut', JSON.stringify(seen));
});

path('a child of the SUT that accepts is the SUT', async () => {
  const sut = await startNode(FORKING);
  const load = await startNode(CLIENT, sut.word);
  const seen = await networkPath({ loadPid: load.pid, sutPid: sut.pid, ipv4: '127.0.0.1', port: Number(sut.word) });
  assert.is(seen.acceptedBy, 'sut', JSON.stringify(seen));
});

path('a program of a service mesh beside the SUT is told', async () => {
  const sut = await startNode(SERVER);
  await startNode("process.title = 'envoy'; console.log('on'); setInterval(() => {}, 1000)");
  const ends = { loadPid: process.pid, sutPid: sut.pid, ipv4: '127.0.0.1', port: Number(sut.word) };
  assert.equal((await networkPath(ends)).meshProxies, ['envoy']);
});

path('where nobody listens and where a process has ended, who accepts is missing', async () => {
  const nobody = await networkPath({ loadPid: process.pid, sutPid: process.pid, ipv4: '127.0.0.1', port: 1 });
  assert.is(nobody.acceptedBy, '');
  assert.is(nobody.missing.length, 1);
  const gone = await networkPath({ loadPid: 2 ** 30, sutPid: 2 ** 30, ipv4: '127.0.0.1', port: 1 });
  assert.equal([gone.acceptedBy, gone.route], ['', '']);
  assert.is(gone.missing.length, 2);
});

path('the most specific route wins, and a gateway makes it routed', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'veth7\t0000F40A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'down0\t0500F40A\t00000000\t0000\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
  ].join('\n');
  assert.equal(bestRoute(table, '10.244.0.5'), { route: 'link', device: 'veth7' });
  assert.equal(bestRoute(table, '10.245.0.5'), { route: 'routed', device: 'eth0' });
  assert.is(bestRoute(table.split('\n').slice(2).join('\n'), '10.245.0.5'), null);
});

path('a process is placed by the kernel’s word, one that has ended nowhere', () => {
  const end = placedEnd(process.pid);
  assert.is(end?.netNamespace, namespaceOf('self', 'net'));
  assert.match(end?.pidNamespace ?? '', /^\d+$/);
  assert.is(placedEnd(2 ** 30), null);
});

const ID = '0123456789abcdef'.repeat(4);
const UID = '0a1b2c3d-1111-4222-8333-0123456789ab';
const SLICE = `kubepods-burstable-pod${UID.replaceAll('-', '_')}.slice`;
const CGROUPS: readonly [string, string, string][] = [
  ['0::/', '', ''],
  [`0::/system.slice/docker-${ID}.scope`, '0123456789ab', ''],
  [`4:memory:/docker/${ID}`, '0123456789ab', ''],
  [`0::/kubepods/burstable/pod${UID}/${ID}`, '0123456789ab', UID],
  [`0::/kubepods.slice/kubepods-pod${UID.replaceAll('-', '_')}.slice/cri-containerd-${ID}.scope`, '0123456789ab', UID],
  // version 1, the kubelet's two drivers, and other runtimes
  [
    `12:pids:/kubepods/besteffort/pod${UID}/${ID}\n1:name=systemd:/kubepods/besteffort/pod${UID}/${ID}`,
    '0123456789ab',
    UID,
  ],
  [`11:memory:/kubepods.slice/kubepods-burstable.slice/${SLICE}/crio-${ID}.scope`, '0123456789ab', UID],
  [`0::/kubepods.slice/kubepods-burstable.slice/${SLICE}/crio-${ID}.scope/container`, '0123456789ab', UID],
  [`9:cpu,cpuacct:/kubepods.slice/kubepods-burstable.slice/${SLICE}/docker-${ID}.scope`, '0123456789ab', UID],
  [`8:pids:/system.slice/containerd.service/${SLICE}:cri-containerd:${ID}`, '0123456789ab', UID],
  // as an agent in a cgroup namespace of its own sees its neighbour
  [`0::/../../${SLICE}/cri-containerd-${ID}.scope`, '0123456789ab', UID],
  // kind: a node that is a container itself
  [`7:memory:/docker/${'f'.repeat(64)}/kubelet/kubepods/burstable/pod${UID}/${ID}`, '0123456789ab', UID],
  [`0::/kubelet.slice/kubelet-kubepods.slice/kubelet-${SLICE}/cri-containerd-${ID}.scope`, '0123456789ab', UID],
];
for (const [cgroup, container, pod] of CGROUPS) {
  path(`container and pod of ${cgroup.slice(0, 40)}`, () => {
    assert.is(containerOf(`${cgroup}\n`), container);
    assert.is(podUidOf(`${cgroup}\n`), pod);
  });
}

path.run();
