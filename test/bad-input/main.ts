/** npm run test:bad-input: the long form. Ends with 1 when anything was not as it should be. */

import { parseArgs } from 'node:util';
import { fuzzAgent } from './agent/agent-fuzz.ts';
import { fuzzBpftrace } from './agent/bpftrace-fuzz.ts';
import { fuzzRing } from './agent/ring-fuzz.ts';
import { fuzzControl, fuzzRequests } from './controller/control-fuzz.ts';
import { fuzzStreams } from './controller/stream-fuzz.ts';
import { fuzzFolders } from './files/folder-fuzz.ts';
import type { Outcomes } from './files/outcome.ts';
import { attackAll, WAYS } from './http2/attack.ts';

const HELP = `node --import tsx test/bad-input/main.ts [--messages N] [--seed N] [--only PART[,PART]…]

  --messages N   mutated agent messages that a real controller must have answered (default 1000000)
  --seed N       of all mutations (default: of the time; it is printed)
  --only PARTS   ${['stream', 'control', 'http2', 'agent', 'collect', 'files'].join(', ')}
`;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string', default: 'stream,control,http2,agent,collect,files' },
    help: { type: 'boolean', default: false },
  },
});
const [messages, seed] = [Number(values.messages), Number(values.seed)];
const failures: string[] = [];
const say = (line: string) => process.stdout.write(`${line}\n`);

/** each gives what it saw, and what of it is wrong */
const PARTS: Readonly<Record<string, () => Promise<{ seen: unknown; wrong: readonly string[] }>>> = {
  stream: async () => {
    const report = await fuzzStreams({ seed, messages, say });
    const { sent, stored, different, ended } = report.honest;
    const honest =
      stored === sent && different === 0 && ended === 'complete' ? [] : ['the honest agent lost something'];
    return { seen: report, wrong: [...Object.entries(report.wrong).map(String), ...honest] };
  },
  control: async () => {
    const tally = await fuzzControl({ seed, messages: Math.ceil(messages / 50) });
    const requests = await fuzzRequests({ seed, cases: Math.ceil(messages / 20) });
    const wrong = [...Object.entries(tally.wrong).map(String), ...requests.crashes.values()];
    return { seen: { ...tally, inProcess: counts(requests) }, wrong };
  },
  http2: async () => {
    const seen: Record<string, unknown> = {};
    for (const way of WAYS) seen[way] = await attackAll({ way, rounds: 10, connections: 8 });
    return { seen, wrong: [] };
  },
  agent: async () => {
    const report = await fuzzAgent({ seed, messages: Math.ceil(messages / 100), unreadable: 50 });
    return { seen: report, wrong: [...report.wrong, ...(report.lastEnd === 'complete' ? [] : [report.lastEnd])] };
  },
  collect: async () => {
    const ring = await fuzzRing({ seconds: 30 });
    const bpftrace = await fuzzBpftrace({ seed, cases: 100_000 });
    return { seen: { ring, bpftrace: counts(bpftrace) }, wrong: [...ring.wrong, ...bpftrace.crashes.values()] };
  },
  files: async () => {
    const kinds = Object.entries(await fuzzFolders({ seed, cases: 3_000 }));
    const seen = Object.fromEntries(kinds.map(([kind, outcomes]) => [kind, counts(outcomes)]));
    return { seen, wrong: kinds.flatMap(([, outcomes]) => [...outcomes.crashes.values()]) };
  },
};

if (values.help) say(HELP);
else await runAll(values.only.split(','));

async function runAll(parts: readonly string[]): Promise<void> {
  say(`seed ${seed}`);
  for (const name of parts) {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`no part ${name}\n\n${HELP}`);
    say(`${name} …`);
    const { seen, wrong } = await part().catch((error: Error) => ({ seen: null, wrong: [error.message] }));
    say(JSON.stringify(seen, null, 1));
    failures.push(...wrong.map((text) => `${name}: ${text}`));
  }
  say(failures.length === 0 ? 'nothing wrong' : `${failures.length} wrong:\n${failures.join('\n')}`);
  process.exit(failures.length === 0 ? 0 : 1);
}

function counts({ taken, refused, slowestMs }: Outcomes) {
  return { taken, refused, slowestMs: Math.round(slowestMs) };
}
