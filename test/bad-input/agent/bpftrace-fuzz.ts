/** What bpftrace could print if it were not what we think, or if a program under test could make it print: lines of any length, forged maps. */

import { BpftraceOutput } from '../../../agent/collect/bpftrace.ts';
import { findingsOf } from '../../../agent/mechanisms/bpftrace/findings.ts';
import { MATCH_MARK } from '../../../agent/mechanisms/bpftrace/matches.ts';
import { type Random, random } from '../../helpers/random.ts';
import { bentJson } from '../files/bent-json.ts';
import { Outcomes } from '../files/outcome.ts';
import { below, oneOf } from '../wire/mutate.ts';
import { flipped } from '../wire/mutate-bytes.ts';

const PID = 4242;
const GOOD = [
  { type: 'attached_probes', data: { probes: 3 } },
  { type: 'printf', data: `${MATCH_MARK} 1000 ${PID} 7 88 0 900 6e6565646c650000 0\n` },
  { type: 'map', data: { '@n': { [PID]: 10 } } },
  { type: 'map', data: { '@bytes': { [PID]: 880 }, '@hits': { [PID]: 1 } } },
  { type: 'map', data: { '@lat': { [`${PID},7`]: 9, [`${PID},9`]: 1 } } },
  { type: 'lost_events', data: { events: 2 } },
].map((line) => JSON.stringify(line));
const KEYS = [
  '-1',
  '1e9',
  'NaN',
  '',
  '4242,',
  ',',
  '4242,99999999',
  '4242,-1',
  '__proto__',
  '9'.repeat(400),
  '4242,1.5',
];
const NUMBERS = ['-1', '1e308', '9007199254740991', '9007199254740992', '0.5', 'null', '"9"', '[]', '{"toString":1}'];

/** @returns outcomes; a finding that is not bounded or possible is among the crashes */
export async function fuzzBpftrace(o: { seed: number; cases: number }): Promise<Outcomes> {
  const noise = random(o.seed);
  const outcomes = new Outcomes();
  for (let i = 0; i < o.cases; i++) {
    const lines = GOOD.map((line) => (noise.uniform() < 0.5 ? line : bent(noise, line)));
    await outcomes.add(lines.join('\n').slice(0, 400), () => look(noise, lines));
  }
  return outcomes;
}

function look(noise: Random, lines: readonly string[]): void {
  const output = new BpftraceOutput();
  const text = lines.join('\n');
  const piece = 1 + below(noise, 300);
  for (let at = 0; at < text.length; at += Math.max(piece, text.length / 50))
    output.push(text.slice(at, at + Math.max(piece, text.length / 50)));
  output.push('\n');
  const trace = { lines: output.printed(), keywords: [Buffer.from('needle')], windowBytes: 16 };
  const [found] = findingsOf(output.maps(), [PID], trace);
  if (found === undefined) throw new Error('no findings');
  const { counts, lost, cut, traces, latencies } = found;
  const numbers = [...Object.values(counts), lost, cut, traces?.dropped ?? 0];
  if (numbers.some((n) => !Number.isSafeInteger(n) || n < 0)) throw new Error(`impossible counts: ${numbers}`);
  if (latencies.kind !== 'histogram') throw new Error('no histogram');
  const cells = [...latencies.lowNs, ...latencies.highNs, ...latencies.counts];
  if (cells.some((n) => !Number.isFinite(n) || n < 0)) throw new Error('an impossible histogram');
  const keywords = traces?.matches.map(({ keyword }) => keyword) ?? [];
  if (keywords.some((index) => index !== null && index !== 0)) throw new Error('a keyword that is none');
}

function bent(noise: Random, line: string): string {
  const kind = below(noise, 7);
  if (kind === 0) return bentJson(noise, line).text;
  if (kind === 1) return flipped(noise, Buffer.from(line), 1 + below(noise, 6)).toString('latin1');
  if (kind === 2) return line.slice(0, below(noise, line.length));
  if (kind === 3) return `${line}${line}`;
  if (kind === 4)
    return `{"type":"map","data":{"@${oneOf(noise, ['n', 'lat', 'hits', 'cut'])}":{"${oneOf(noise, KEYS)}":7}}}`;
  if (kind === 5) return `{"type":"lost_events","data":{"events":${oneOf(noise, NUMBERS)}}}`;
  return `{"type":"${oneOf(noise, ['printf', 'map', 'x'])}","data":${oneOf(noise, NUMBERS)}}`;
}
