/** Two network namespaces joined by a veth pair. They have no names: what holds them are descriptors of this process and the processes in
 * them, so the kernel takes them away with the last of these, however this process ends. */

import { closeSync, openSync } from 'node:fs';
import { BenchError } from '#proto';
import type { ChildPort } from '../../load/port.ts';
import { spawnChild } from '../../process/child.ts';
import { LastLines } from '../../process/last-lines.ts';
import { freeSubnet } from './subnet.ts';

export interface NamespacePair {
  readonly sutIpv4: string;
  readonly loadIpv4: string;
  /** a command that runs what follows it in one of them */
  entering(end: 'sut' | 'load'): readonly [string, ...string[]];
  /** Lets them go; they end with the last process in them. May be called more than once. */
  close(): void;
}

/** what is done to the packets: words for tc's netem, and tbf's rate; '' for nothing */
export interface Shape {
  readonly netem: string;
  readonly rate: string;
}

const READY = 'joined';
const READY_WITHIN_MS = 20_000;
/** how the kernel says that there may be no more namespaces */
const NO_NAMESPACES = /unshare failed: No space left on device/;

/** Runs with all capabilities in a user namespace of its own, which owns both network namespaces, so that the agent needs no CAP_NET_ADMIN.
 * Link-local IPv6 addresses are left out: looking for duplicates and routers would be traffic of its own.
 * Words: the SUT's device and address, the load generator's device and address, bits of the network, what netem does, tbf's rate. A packet
 * passes one end's shape on its way out, so either direction is shaped once. */
const LOAD_END = `
exec 3</proc/self/ns/net
ip link set dev lo up
exec unshare --keep-caps --net sh -ec "$SUT_END" sh "$@"`;
const SUT_END = `
sut=$1 sut_ipv4=$2 load=$3 load_ipv4=$4 bits=$5 netem=$6 rate=$7
beyond() { nsenter --net=/proc/self/fd/3 "$@"; }
ip link set dev lo up
ip link add "$sut" type veth peer name "$load" netns /proc/self/fd/3
if [ -e /proc/net/if_inet6 ]; then
  ip link set dev "$sut" addrgenmode none
  beyond ip link set dev "$load" addrgenmode none
fi
ip addr add "$sut_ipv4/$bits" dev "$sut"
beyond ip addr add "$load_ipv4/$bits" dev "$load"
# $netem is several words
shape() {
  parent=root
  if [ -n "$netem" ]; then
    "$@" root handle 1: netem $netem
    parent='parent 1:1'
  fi
  if [ -n "$rate" ]; then "$@" $parent tbf rate "$rate" burst 128kb latency 50ms; fi
}
shape tc qdisc add dev "$sut"
shape beyond tc qdisc add dev "$load"
ip link set dev "$sut" up
beyond ip link set dev "$load" up
echo ${READY}
read -r _ || :`;

/** @throws BenchError unsupported with the words of the tool that failed */
export async function joinNamespaces({ netem, rate }: Shape): Promise<NamespacePair> {
  const { sutIpv4, loadIpv4, bits } = freeSubnet();
  const devices = { sut: `hbs${process.pid}`, load: `hbl${process.pid}` };
  const words = [devices.sut, sutIpv4, devices.load, loadIpv4, String(bits), netem, rate];
  const maker = spawnChild('unshare', ['--user', '--keep-caps', '--net', 'sh', '-ec', LOAD_END, 'sh', ...words], {
    env: { SUT_END },
  });
  const said = new LastLines(10);
  maker.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  maker.stdin.on('error', () => undefined);
  try {
    await readyLine(maker);
    return { sutIpv4, loadIpv4, ...held(maker.pid) };
  } catch (cause) {
    const why = said.text().trim() || (cause instanceof Error ? cause.message : String(cause));
    const last = `${why.split('\n').at(-1)}${NO_NAMESPACES.test(why) ? ' (user.max_user_namespaces)' : ''}`;
    throw new BenchError('unsupported', `two network namespaces could not be joined: ${last}`, {
      nextStep: 'run hookbench doctor: it says what the condition netns needs',
      detail: why,
      cause,
    });
  } finally {
    maker.kill('SIGKILL');
    await maker.exited;
  }
}

/** @throws Error when the set-up ends or takes too long before it is done */
async function readyLine({ stdout, exited }: ChildPort): Promise<void> {
  const lines = new LastLines(1);
  let timer: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    new Promise<'ready'>((resolve) => {
      lines.onLine((line) => line === READY && resolve('ready'));
      stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    }),
    exited.then(({ exitCode }) => `the set-up ended with exit code ${exitCode}`),
    new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`the set-up was not done after ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
    }),
  ]);
  clearTimeout(timer);
  if (outcome !== 'ready') throw new Error(outcome);
}

/** @param pid of the process that made both: it is in the SUT's, and has the load generator's open */
function held(pid: number): Pick<NamespacePair, 'entering' | 'close'> {
  const sut = openSync(`/proc/${pid}/ns/net`, 'r');
  const load = openSync(`/proc/${pid}/fd/3`, 'r');
  const fds = { sut, load };
  let open = true;
  return {
    entering: (end) => ['nsenter', `--net=/proc/${process.pid}/fd/${fds[end]}`],
    close: () => {
      if (!open) return;
      open = false;
      closeSync(sut);
      closeSync(load);
    },
  };
}
