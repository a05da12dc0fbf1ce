/** A virtual machine on an emulated processor: what works in it is told by its serial line. Timings mean nothing there. */

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Root, Tell } from './cache.ts';

export interface Step {
  readonly name: string;
  /** shell commands, run in the project's folder */
  readonly commands: string;
  /** what it must end with */
  readonly exitCode: number;
}

export interface StepResult {
  readonly name: string;
  readonly exitCode: number;
}

const MARK = 'HOOKBENCH_STEP';
const END = 'HOOKBENCH_END';

/** The script that the machine runs instead of an init. A newline first: the kernel may have written half a line. */
export function machineScript(steps: readonly Step[]): string {
  const lines = steps.map(
    ({ name, commands }) =>
      `echo; echo "${MARK} begins ${name}"\n( ${commands} )\ncode=$?; echo; echo "${MARK} ${name} $code"`,
  );
  return `#!/bin/sh
export PATH=/project:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb HOOKBENCH_START_SECONDS=600
on() { mkdir -p "$2"; mountpoint -q "$2" || mount -t "$1" "$1" "$2"; }
on proc /proc
on sysfs /sys
on tracefs /sys/kernel/tracing
on tmpfs /dev/shm
on tmpfs /tmp
on tmpfs /run
on devpts /dev/pts
ip link set lo up
echo hookbench > /proc/sys/kernel/hostname
dmesg -n 1
cd /project
echo; echo "${MARK} kernel $(uname -r)"
${lines.join('\n')}
echo; echo "${END}"
echo o > /proc/sysrq-trigger
sleep 60
`;
}

export interface BootOptions {
  readonly root: Root;
  readonly project: string;
  readonly dir: string;
  readonly memoryMib: number;
  readonly timeoutMs: number;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** Boots, shows what the machine says, and waits for its end. The root's disk is not changed (snapshot).
 * @returns the steps that ended. @throws Error when it did not come to its end */
export async function boot(o: BootOptions): Promise<StepResult[]> {
  const log = join(o.dir, 'console.log');
  const init =
    'root=/dev/vda rw console=ttyS0 panic=-1 quiet init=/bin/sh -- -c "mount /dev/vdb /project; exec sh /project/commands.sh"';
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(o.memoryMib)],
      ...['-nodefaults', '-nographic', '-no-reboot', '-serial', 'stdio', '-snapshot'],
      ...['-kernel', o.root.kernel, '-initrd', o.root.initrd, '-append', init],
      ...['-drive', `file=${o.root.image},if=virtio,format=raw`, '-drive', `file=${o.project},if=virtio,format=raw`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), o.timeoutMs);
  const abort = () => void child.kill('SIGKILL');
  o.signal.addEventListener('abort', abort, { once: true });
  const steps: StepResult[] = [];
  const lines: string[] = [];
  let ended = false;
  const take = (line: string) => {
    const text = line.replace(/\x1b\[[\d;?]*[A-Za-z]|\r/g, '');
    lines.push(text);
    const [, name, code] = new RegExp(`^${MARK} (\\S+) (\\d+)$`).exec(text) ?? [];
    if (name !== undefined) steps.push({ name, exitCode: Number(code) });
    ended ||= text === END;
    if (text.trim() !== '') o.tell(`  | ${text}`);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  o.signal.removeEventListener('abort', abort);
  writeFileSync(log, lines.join('\n'));
  if (!ended) throw new Error(`the machine did not come to its end; its console is in ${log}`);
  return steps;
}
