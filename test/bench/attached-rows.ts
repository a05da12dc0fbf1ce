/** Rows that are attached to a running process: bpftrace, our kernel program by its levels, and every attached mechanism in full. */

import { join } from 'node:path';
import { pinningOf } from '../../agent/host/cores.ts';
import type { Action, AttachedMechanism } from '../../agent/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../agent/mechanisms/registry.ts';
import { spawnPty } from '../../agent/process/pty.ts';
import { DEFAULT_KEYWORDS, ROOT } from '../helpers/preload.ts';
import { bpfLoader } from './builds.ts';
import { startLoader } from './loader.ts';
import { type Host, KEYWORDS } from './placed-rows.ts';
import { type AttachedRow, type AttachOrder, type MissingRow, ROW, type Row } from './rows.ts';

const LEVELS = ['empty', 'filter', 'latency', 'scan'] as const;
const LIVE_TIMEOUT_MS = 120_000;
const POKE_EVERY_MS = 20;
const UNHEARD_MS = 10_000;

export function attachedRows(host: Host): Row[] {
  return [
    {
      kind: 'attached',
      id: ROW.slicedAgain,
      title: 'A/A: nothing attached',
      attach: async () => ({ detach: async () => null }),
    },
    ...(['count', 'hist'] as const).map((what) => bpftraceScript(what)),
    ...LEVELS.map(bpfLevel),
    ...MECHANISMS.flatMap((mechanism) => {
      if (mechanism.kind !== 'attached') return [];
      const observed = full(host, mechanism);
      return mechanism.id === 'bpf' ? [observed, traced(host, mechanism)] : [observed];
    }),
    ...['bpf', 'uprobe'].flatMap((id) =>
      MECHANISMS.some((mechanism) => mechanism.id === id)
        ? []
        : [missing(`${id}-full`, `${id}: full`, `no mechanism '${id}' is registered`)],
    ),
  ];
}

function missing(id: string, title: string, reason: string): MissingRow {
  return { kind: 'missing', id, title, reason };
}

/** What each match costs that is handed over: to be held against the same without, on requests with a keyword. */
function traced(host: Host, mechanism: AttachedMechanism): AttachedRow {
  return { ...full(host, mechanism, 'trace'), id: ROW.bpfFullTrace, title: `${mechanism.id}: full, trace` };
}

function full(host: Host, mechanism: AttachedMechanism, action: Action = 'observe'): AttachedRow {
  return {
    kind: 'attached',
    id: `${mechanism.id}-full`,
    title: `${mechanism.id}: full`,
    async attach({ pid, dir }) {
      const order = {
        keywords: KEYWORDS,
        action,
        functions: ['read'],
        host: { pinning: pinningOf(), undo: host.undo },
        dir,
        mostReads: host.mostReads,
      } as const;
      const hook = await mechanism.attach(order, [pid], new AbortController().signal);
      return { detach: async () => (await hook.detach())[0]?.counts ?? null };
    },
  };
}

/** A script of test/fixtures; it says A and B when all of it is live. */
function bpftraceScript(what: 'count' | 'hist'): AttachedRow {
  const script = join(ROOT, 'test', 'fixtures', `bench_${what}.bt`);
  return {
    kind: 'attached',
    id: `bpftrace-${what}`,
    title: `bpftrace: ${what}`,
    async attach({ pid, poke }: AttachOrder) {
      const term = await spawnPty('bpftrace', [script, String(pid)], { env: {} });
      let said = '';
      let ended = false;
      term.onData((text) => {
        said += text;
      });
      void term.exited.then(() => {
        ended = true;
      });
      const deadline = performance.now() + LIVE_TIMEOUT_MS;
      while (!/^A/m.test(said) || !/^B/m.test(said)) {
        if (ended || performance.now() > deadline) throw new Error(`bpftrace was not live: ${said}`);
        await poke();
        await new Promise((resolve) => setTimeout(resolve, POKE_EVERY_MS));
      }
      return {
        async detach() {
          term.interrupt();
          // Ctrl-C is now and then not heard
          const timers = (['SIGINT', 'SIGKILL'] as const).map((signal, i) =>
            setTimeout(() => term.kill(signal), (i + 1) * UNHEARD_MS),
          );
          await term.exited;
          for (const timer of timers) clearTimeout(timer);
          return null;
        },
      };
    },
  };
}

function bpfLevel(level: (typeof LEVELS)[number]): Row {
  const [id, title] = [`bpf-${level}`, `bpf: ${level === 'empty' ? level : `+ ${level}`}`];
  if (bpfLoader() === null) return missing(id, title, 'build/hookbench-bpf is not there (it needs clang and libbpf)');
  return {
    kind: 'attached',
    id,
    title,
    attach: ({ pid }) => startLoader(['--level', level, '--keywords', DEFAULT_KEYWORDS, '--watch', String(pid)]),
  };
}
