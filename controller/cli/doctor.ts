/** hookbench doctor: what this machine can measure, what it lacks, how to get it. */

import { Command } from 'commander';
import pc from 'picocolors';
import { BenchError, type Capability, type Hello } from '#proto';
import { wrap } from '../report/index.ts';
import type { ControlClient } from './client.ts';
import { HOOKS_OPTION, hooksWords } from './hooks-dir.ts';
import { probeAgent } from './process.ts';
import { REMOTE_OPTIONS, type RemoteOptions, remoteClient } from './remote.ts';
import { terminal } from './terminal.ts';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('what this machine can measure, what it lacks, how to get it')
    .option('--json', 'print the facts as JSON')
    .option('--quiet', 'one line: what is missing')
    .option(...HOOKS_OPTION)
    .addHelpText(
      'after',
      `
Examples
  hookbench doctor
  hookbench doctor --json
  hookbench doctor --hooks-dir hooks          hooks of your own too
  hookbench doctor --controller bench.example.org:7461 --tls-dir alice-tls     every agent that is connected there`,
    )
    .action(async (options: DoctorOptions) => {
      const words = hooksWords(options);
      const remote = await remoteClient(options);
      const text = remote === null ? await probeAgent(words) : JSON.stringify(await agentsOf(remote), null, 2);
      if (options.json === true) {
        process.stdout.write(`${text}\n`);
        return;
      }
      const found = JSON.parse(text) as Hello | Hello[];
      for (const hello of Array.isArray(found) ? found : [found])
        process.stdout.write(options.quiet === true ? missingLine(hello) : renderDoctor(hello, terminal()));
    });
  for (const [flags, description] of REMOTE_OPTIONS) command.option(flags, description);
  return command;
}

interface DoctorOptions extends RemoteOptions {
  json?: boolean;
  quiet?: boolean;
  hooksDir?: string;
}

async function agentsOf(remote: ControlClient): Promise<Hello[]> {
  const agents = await remote.listAgents().finally(() => remote.close());
  if (agents.length > 0) return agents;
  throw new BenchError('no-agent', 'no agent is connected to that controller', {
    nextStep: 'start one: hookbench agent --controller HOST:PORT --tls-dir DIR',
  });
}

/** under the column where the ids stand */
const INDENT = 11;

/** what it can do, and why not the rest, a sentence a line; nothing for the mechanism that does nothing */
function abilityTexts(entry: Capability): string[] {
  if (entry.id === 'none') return [];
  const asked = entry.byDefault ? '' : '; only when named by --mechanisms';
  return [
    `actions ${entry.actions.join(', ')}; functions ${entry.functions.join(', ')}${asked}`,
    ...entry.limits.flatMap(({ action, why }) => `not ${action}: ${why}`.split(/(?<=\.) /)),
    ...unsuitedTexts(entry),
  ];
}

/** SUTs that it has nothing to do with, a line for each reason; whatever an agent calls the SUT in its reason, once is enough */
function unsuitedTexts({ unsuited }: Capability): string[] {
  const byReason = new Map<string, string[]>();
  for (const { sut, why } of unsuited) {
    const reason = why.startsWith(`${sut} `) ? why.slice(sut.length + 1) : why;
    byReason.set(reason, [...(byReason.get(reason) ?? []), sut]);
  }
  return [...byReason].map(([reason, suts]) => `not on ${suts.join(', ')}: ${reason}`);
}

function lackingOf({ mechanisms, suts, conditions }: Hello): readonly Capability[] {
  return [...mechanisms, ...suts, ...conditions].filter((entry) => entry.support !== 'supported');
}

/** `vm: missing docker, netns`, or `vm: everything in the catalogue runs here` */
function missingLine(hello: Hello): string {
  const lacking = lackingOf(hello).map(({ id }) => id);
  return `${hello.host.hostname}: ${lacking.length === 0 ? 'everything in the catalogue runs here' : `missing ${lacking.join(', ')}`}\n`;
}

export function renderDoctor(hello: Hello, o: { readonly columns: number; readonly color: boolean }): string {
  const paint = pc.createColors(o.color);
  const hung = (text: string) => wrap(text, o.columns, INDENT, INDENT + 2);
  const mark = (entry: Capability) => {
    if (entry.support === 'supported') return paint.green('ok      ');
    return entry.support === 'unsupported' ? paint.yellow('missing ') : paint.red('unclear ');
  };
  const rows = (entries: readonly Capability[]) =>
    entries.flatMap((entry) => {
      const layer = entry.layer === '' ? '' : ` (${entry.layer})`;
      const [first, ...more] = hung(`${entry.id}${layer}: ${entry.found}`);
      const lines = [`  ${mark(entry)} ${first!.slice(INDENT)}`, ...more];
      return entry.support === 'supported' ? lines : [...lines, ...hung(`needs ${entry.needs}`)];
    });
  const { host } = hello;
  const lacking = lackingOf(hello);
  return [
    paint.bold('This machine'),
    `  ${host.os}, kernel ${host.kernel}, ${host.virtualization}`,
    `  ${host.cpu}, ${host.cores} cores, ${(host.memoryBytes / 2 ** 30).toFixed(1)} GiB, ${host.libc}`,
    `  node ${host.node}, java ${host.java}, bpftrace ${host.bpftrace}`,
    `  load: ${host.load}; ${host.pinning}`,
    paint.bold('Mechanisms'),
    ...hello.mechanisms.flatMap((entry) => [...rows([entry]), ...abilityTexts(entry).flatMap(hung)]),
    paint.bold('SUTs'),
    ...hello.suts.flatMap((entry) => [...rows([entry]), ...(entry.byDefault ? [] : hung('only when named by --sut'))]),
    paint.bold('Conditions'),
    ...rows(hello.conditions),
    lacking.length === 0
      ? 'Everything in the catalogue runs here. Next: hookbench run'
      : `Missing: ${lacking.map((entry) => entry.id).join(', ')}. "npm run quickstart" as root installs what it can; the rest of the catalogue runs: hookbench run`,
    '',
  ].join('\n');
}
