/** The census as a bpftrace script (0.17 and newer, kernels with BTF), and its maps as counts.
 *
 * Two probes see every system call; of the target processes those that read are counted: calls and bytes by process, call and what the
 * descriptor is at that moment, which the kernel's own file says (its inode's type), so that no descriptor is mistaken for one that had its
 * number before. Nothing is printed per call. A sample of what it prints at its end (-f json), for process 4242, 600 reads of a socket and 3
 * of an eventfd:
 *
 *   {"type": "map", "data": {"@calls": {"4242,0,12": 600, "4242,0,0": 3}}}
 *   {"type": "map", "data": {"@bytes": {"4242,0,12": 52800, "4242,0,0": 24}}}
 */

import type { CallCount, READ_CALLS, READ_KINDS } from '#proto';
import type { BpftraceMaps } from '../collect/bpftrace.ts';

export const LIVE_MARK = 'HOOKBENCH_CENSUS_LIVE';

type ReadCall = (typeof READ_CALLS)[number];
type ReadKind = (typeof READ_KINDS)[number];

/** numbers of the calls, by Node's name of the processor */
const NUMBERS: Readonly<Record<string, Readonly<Record<ReadCall, number>>>> = {
  x64: {
    ...{ read: 0, readv: 19, pread64: 17, recvfrom: 45, recvmsg: 47, recvmmsg: 299, preadv: 295, preadv2: 327 },
    io_uring_enter: 426,
  },
  arm64: {
    ...{ read: 63, readv: 65, pread64: 67, recvfrom: 207, recvmsg: 212, recvmmsg: 243, preadv: 69, preadv2: 286 },
    io_uring_enter: 426,
  },
};

/** type of an inode (S_IFMT >> 12); 0 is an anonymous one: an eventfd, a timer, a ring */
const KINDS: Readonly<Record<string, ReadKind>> = {
  '12': 'socket',
  '8': 'file',
  '4': 'file',
  '1': 'pipe',
  '2': 'device',
  '6': 'device',
};

/** @returns null where the calls' numbers are not known for this processor
 * Parameters of the script: pids of the targets ($1 and so on), the last one the canary, whose first counted call says that all is attached. */
export function censusScript(targets: number, processor: string = process.arch): string | null {
  const numbers = NUMBERS[processor];
  if (numbers === undefined) return null;
  const watched = Array.from({ length: targets + 1 }, (_, i) => `pid == $${i + 1}`).join(' || ');
  const isRead = Object.values(numbers)
    .map((number) => `$nr == ${number}`)
    .join(' || ');
  return `tracepoint:raw_syscalls:sys_enter
/${watched}/
{
  $nr = (uint64)args->id;
  if (${isRead}) {
    $fd = (uint64)args->args[0];
    $kind = (uint64)0;
    $table = ((struct task_struct *)curtask)->files->fdt;
    if ($fd < $table->max_fds) {
      $file = (struct file *)(*(uint64 *)((uint64)$table->fd + 8 * $fd));
      $kind = (uint64)(($file->f_inode->i_mode & 0xf000) >> 12);
    }
    @under[tid] = ($nr + 1, $kind);
  }
}

tracepoint:raw_syscalls:sys_exit
/${watched}/
{
  $under = @under[tid];
  if ($under.0 != 0) {
    @calls[pid, $under.0 - 1, $under.1] = count();
    if (args->ret > 0) { @bytes[pid, $under.0 - 1, $under.1] = sum(args->ret); }
    if (pid == $${targets + 1} && @live == 0) {
      printf("${LIVE_MARK}\\n");
      @live = 1;
    }
    delete(@under[tid]);
  }
}

END
{
  clear(@under);
  clear(@live);
}
`;
}

/** @returns counts of one process, most calls first; keys that are not ours are passed over */
export function countsOf({ maps }: BpftraceMaps, pid: number, processor: string = process.arch): CallCount[] {
  const names = new Map(Object.entries(NUMBERS[processor] ?? {}).map(([call, number]) => [String(number), call]));
  const sums = new Map<string, CallCount>();
  for (const [key, calls] of maps.get('calls') ?? []) {
    const [process, number, type] = key.split(',').map((part) => part.trim());
    const call = names.get(number ?? '');
    if (process !== String(pid) || call === undefined) continue;
    const kind = KINDS[type ?? ''] ?? 'other';
    const sum = sums.get(`${call} ${kind}`) ?? { call, kind, calls: 0, bytes: 0 };
    const bytes = call === 'io_uring_enter' ? 0 : (maps.get('bytes')?.get(key) ?? 0);
    sums.set(`${call} ${kind}`, { call, kind, calls: sum.calls + calls, bytes: sum.bytes + bytes });
  }
  return [...sums.values()].sort((a, b) => b.calls - a.calls);
}
