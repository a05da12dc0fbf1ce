import { isIPv4 } from 'node:net';
import { FRAME_KIND } from '../frame-payload.ts';
import { MAX_AROUND_BYTES, MAX_PAYLOAD_BYTES, MAX_REPLIES, MAX_TARGETS, MAX_UNITS, RESPONSE_RULES } from '../types.ts';
import { ByteReader } from './reader.ts';
import { executeRun } from './run.ts';
import type { State } from './state.ts';
import { Target } from './target.ts';
import { writeCounters, writeText } from './write.ts';

const LINE_BYTES = 256;

/** Takes commands until `quit` or the end of input. @returns exit code: 0, or 2 after a line that can't be read */
export async function serveCommands(input: AsyncIterable<Uint8Array>): Promise<number> {
  const reader = new ByteReader(input);
  const state: State = { targets: new Map(), payloads: [null, null] };
  for (;;) {
    const line = await reader.line(LINE_BYTES);
    if (line === null || line === 'quit') return 0;
    if (await serve(line, reader, state)) continue;
    await writeText(FRAME_KIND.error, 0, `unreadable command: ${line.slice(0, 60)}`);
    return 2;
  }
}

async function serve(line: string, reader: ByteReader, state: State): Promise<boolean> {
  const [name, ...words] = line.split(' ');
  switch (name) {
    case 'target':
      return takeTarget(words, state);
    case 'template':
      return takeTemplate(words, reader, state);
    case 'payload':
      return takePayload(words, reader, state);
    case 'run':
      return takeRun(words, reader, state);
    case 'close':
      for (const target of state.targets.values()) target.close();
      await writeCounters(FRAME_KIND.done, 0, []);
      return words.length === 0;
    default:
      return false;
  }
}

function takeTarget(words: string[], state: State): boolean {
  const [idWord, ipv4 = '', portWord, protocolWord, countWord, expect] = words;
  const [id, port, count] = numbers([idWord, portWord, countWord]);
  if (words.length !== 6 || id === undefined || port === undefined || count === undefined) return false;
  if (id >= MAX_TARGETS || !isIPv4(ipv4) || port < 1 || port > 65535) return false;
  const protocol = (['burst', ...RESPONSE_RULES] as const).find((known) => known === protocolWord);
  if (protocol === undefined) return false;
  const most = { burst: 65536, http: 1, resp: MAX_REPLIES, memcached: MAX_REPLIES, postgres: MAX_REPLIES }[protocol];
  if (count < 1 || count > most) return false;
  if (expect !== 'serve' && (protocol === 'burst' || (expect !== 'refuse' && expect !== 'renew'))) return false;
  state.targets.get(id)?.close();
  const [requestsPerUnit, replies] = protocol === 'burst' ? [count, 0] : [1, count];
  state.targets.set(id, new Target({ id, ipv4, port, protocol, requestsPerUnit, replies, expect }));
  return true;
}

async function takeTemplate(words: string[], reader: ByteReader, state: State): Promise<boolean> {
  const [id = MAX_TARGETS, ...lengths] = numbers(words);
  const target = state.targets.get(id);
  if (words.length !== 4 || target === undefined || target.address.protocol === 'burst') return false;
  const parts: Buffer[] = [];
  for (const length of lengths) {
    if (length === undefined || length > MAX_AROUND_BYTES) return false;
    const bytes = await reader.bytes(length);
    if (bytes === null) return false;
    parts.push(bytes);
  }
  const [opening, before, after] = parts as [Buffer, Buffer, Buffer];
  target.close();
  target.template = { opening, before, after };
  return true;
}

async function takePayload(words: string[], reader: ByteReader, state: State): Promise<boolean> {
  const [kind, length] = numbers(words);
  if (words.length !== 2 || kind === undefined || length === undefined) return false;
  if (kind > 1 || length < 1 || length > MAX_PAYLOAD_BYTES) return false;
  const bytes = await reader.bytes(length);
  if (bytes !== null) state.payloads[kind === 0 ? 0 : 1] = bytes;
  return bytes !== null;
}

async function takeRun(words: string[], reader: ByteReader, state: State): Promise<boolean> {
  const [step, units, settle, reconnect, timeoutMs] = numbers(words);
  if (words.length !== 5 || step === undefined || units === undefined || settle === undefined) return false;
  if (reconnect === undefined || reconnect > 1 || timeoutMs === undefined || timeoutMs < 1) return false;
  if (step > 0xffffffff || units < 1 || units > MAX_UNITS || settle > MAX_UNITS) return false;
  const order = await reader.bytes(units);
  if (order === null) return false;
  await executeRun({ step, order, settle, reconnect: reconnect === 1, timeoutMs }, state);
  return true;
}

function numbers(words: readonly (string | undefined)[]): (number | undefined)[] {
  return words.map((word) => (word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : undefined));
}
