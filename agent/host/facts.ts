/** Facts of this host for the hello and the report. Read once at start; nothing here is timed. */

import { existsSync, readFileSync } from 'node:fs';
import { cpus, hostname, release, totalmem } from 'node:os';
import type { HostFacts } from '#proto';
import { runCommand } from '../process/child.ts';
import type { Pinning } from './cores.ts';

export async function hostFacts(o: { load: string; pinning: Pinning }): Promise<HostFacts> {
  const [virtualization, java, bpftrace, libc] = await Promise.all([
    virtualizationOf(),
    javaVersion(),
    bpftraceVersion(),
    libcVersion(),
  ]);
  return {
    hostname: hostname(),
    kernel: release(),
    os: osName(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: o.pinning.cores.length,
    virtualization,
    memoryBytes: totalmem(),
    libc,
    node: process.version,
    java,
    bpftrace,
    load: o.load,
    pinning: o.pinning.text,
  };
}

/** @returns e.g. "0.17.0", or "absent" */
export async function bpftraceVersion(): Promise<string> {
  // its libraries are 200 MB, which a node that has just got the image reads for the first time
  const { exitCode, stdout } = await runCommand('bpftrace', ['--version'], { timeoutMs: 60_000 });
  return exitCode === 0 ? (/v?(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1] ?? 'unknown') : 'absent';
}

/** @returns e.g. "17.0.15", or "absent" */
export async function javaVersion(): Promise<string> {
  const { exitCode, stderr, stdout } = await runCommand('java', ['-version']);
  return exitCode === 0 ? (/version "([^"]+)"/.exec(stderr + stdout)?.[1] ?? 'unknown') : 'absent';
}

async function libcVersion(): Promise<string> {
  const { stdout, stderr } = await runCommand('ldd', ['--version']);
  return (stdout + stderr).split('\n')[0]?.replace(/^ldd /, '').trim() || 'unknown';
}

async function virtualizationOf(): Promise<string> {
  const { stdout, exitCode } = await runCommand('systemd-detect-virt', []);
  if (stdout.trim() !== '' && exitCode !== null) return stdout.trim();
  const container = existsSync('/.dockerenv') ? 'docker' : '';
  const hypervisor = / hypervisor /.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 'virtual machine' : '';
  return [hypervisor, container].filter((s) => s !== '').join(', ') || 'none seen';
}

function osName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}
