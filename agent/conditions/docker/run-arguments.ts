/** What `docker run` is told: a container like any other, with no more rights than the study's user has elsewhere. */

import type { HostPort } from '../../host/port.ts';
import type { RunAs } from '../../security/run-as.ts';

export interface ContainerOrder {
  readonly host: HostPort;
  readonly image: string;
  /** "hookbench-AGENT-RANDOM" */
  readonly family: string;
  readonly role: string;
  readonly network: 'host' | 'bridge' | `container:${string}`;
  /** null = not pinned */
  readonly cpu: number | null;
  readonly env: Readonly<Record<string, string>>;
  /** files and folders of this machine, at the same paths, read-only */
  readonly lent: readonly string[];
  readonly writable: readonly string[];
}

/** up to and with the image; the program's own words follow */
export function runArguments(name: string, o: ContainerOrder): string[] {
  return [
    // with its input open, so that what ends with that ends with the agent; nothing that it says goes through a log on disk
    ...['--interactive', '--rm', '--pull', 'never', '--name', name, '--log-driver', 'none'],
    ...['--network', o.network, '--workdir', '/', '--tmpfs', '/tmp'],
    ...(o.cpu === null ? [] : ['--cpuset-cpus', String(o.cpu)]),
    ...['--security-opt', 'no-new-privileges', ...rights(o.host.runAs)],
    ...o.lent.flatMap((path) => ['--mount', mount(path, ',readonly')]),
    ...o.writable.flatMap((path) => ['--mount', mount(path, '')]),
    ...Object.entries({ PATH: process.env.PATH ?? '', ...o.env }).flatMap(([key, value]) => [
      '--env',
      `${key}=${value}`,
    ]),
    ...['--entrypoint', '', o.image],
  ];
}

/** that user without a capability; else this process's own user with what Docker leaves to one */
function rights(runAs: RunAs | undefined): string[] {
  if (runAs === undefined) return ['--user', `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`];
  return ['--user', `${runAs.uid}:${runAs.gid}`, '--cap-drop', 'ALL'];
}

function mount(path: string, more: string): string {
  return `type=bind,${csvField(`source=${path}`)},${csvField(`target=${path}`)}${more}`;
}

/** Docker reads the words of a mount as a line of CSV: a path may hold a comma */
function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
