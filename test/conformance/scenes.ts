/** Everything that happens to descriptors and reads, in scenes that stand for themselves. The same seed gives the same scenes. */

import type { HookedFunction } from '../../agent/mechanisms/mechanism.ts';
import { Random } from '../../controller/plan/random.ts';
import { Messages } from './messages.ts';
import { closeUnderRead, interruptedReads } from './races.ts';
import { AT_GUARD, FORK, LONGEST_READ, type Op, READ, type Scene } from './script.ts';
import { accept, at, hangUp, read, write } from './steps.ts';
import { Talk } from './talk.ts';

export interface SceneOptions {
  readonly seed: number;
  /** keeps scripts of one seed apart */
  readonly label: string;
  readonly keywords: readonly Buffer[];
  readonly functions: readonly HookedFunction[];
  /** at least so many reads */
  readonly reads: number;
}

export interface Scenes {
  readonly scenes: readonly Scene[];
  readonly stale: Buffer;
}

export interface Stage {
  readonly random: Random;
  readonly messages: Messages;
  readonly functions: readonly HookedFunction[];
  /** A talk with slots of its own. @param part which 16 slots; talks at the same time need different ones */
  talk(part: number, reads: number, alone: boolean): Talk;
}

const SLOTS_OF_TALK = 16;
const HIGH_FDS = 5000;
const FILLED = 1100;

/** what happens how often, in 40 */
const KINDS: readonly [number, (stage: Stage) => Scene][] = [
  [20, (stage) => ({ name: 'talk', main: stage.talk(0, 60 + stage.random.int(120), true).ops, sequences: [] })],
  [5, threads],
  [3, high],
  [4, forked],
  [2, executed],
  [3, closeUnderRead],
  [1, interruptedReads],
  [2, huge],
];

export function makeScenes(o: SceneOptions): Scenes {
  const random = new Random(o.seed, `conformance ${o.label}`);
  const messages = new Messages(random, o.keywords);
  let highFds = HIGH_FDS;
  const talk = (part: number, reads: number, alone: boolean) => {
    highFds = highFds > HIGH_FDS + 12_000 ? HIGH_FDS : highFds + 400;
    const options = { random, messages, firstSlot: part * SLOTS_OF_TALK, alone, highFds, functions: o.functions };
    return new Talk(options).run(reads);
  };
  const stage = { random, messages, functions: o.functions, talk };
  const stale = messages.stale();
  const scenes: Scene[] = [eachKeyword(o.keywords)];
  for (let reads = readsOf(scenes[0]!); reads < o.reads; reads += readsOf(scenes.at(-1)!))
    scenes.push(pick(random)(stage));
  return { scenes, stale };
}

export function readsOf(scene: Scene): number {
  return [scene.main, ...scene.sequences].flat().filter(({ code }) => code === 'R').length;
}

/** Every keyword by itself: those that hold no other, ending earlier, are all found once at least, however short the script. */
function eachKeyword(keywords: readonly Buffer[]): Scene {
  const passed = keywords.flatMap((word) => [write(1, word), read(0, word.length)]);
  return { name: 'each keyword', main: [accept(0), ...passed, ...hangUp(0)], sequences: [] };
}

function pick(random: Random): (stage: Stage) => Scene {
  let roll = random.int(KINDS.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, scene] of KINDS) {
    if (roll < weight) return scene;
    roll -= weight;
  }
  throw new Error('no scene');
}

/** Threads that come and go, each with its own sockets, all at the same time: a number that one closes is another's next socket or file. */
function threads(stage: Stage): Scene {
  const count = 2 + stage.random.int(5);
  const sequences = range(count).map((i) => stage.talk(i, 20 + stage.random.int(40), false).ops);
  const main = [
    ...range(count).map((i) => at('T', i)),
    ...stage.talk(15, 20, false).ops,
    ...range(count).map((i) => at('J', i)),
  ];
  return { name: 'threads', main, sequences };
}

/** All numbers below some 1,100 are taken. */
function high(stage: Stage): Scene {
  const { ops } = stage.talk(0, 40, true);
  return { name: 'high', main: [{ code: 'K', size: FILLED }, ...ops, { code: 'K', size: 0 }], sequences: [] };
}

/** A child reads from a socket accepted before the fork and from its own, while the parent reads from others. Children of both kinds may end
 * with or without their library's destructors, and may be made past libc's fork. */
function forked(stage: Stage): Scene {
  const ways = [FORK.fork, FORK.forkAndExit, FORK.systemCall];
  const [shared, own] = [240, 242];
  const sent = stage.messages.next().bytes;
  const child = [
    read(shared, sent.length),
    ...stage.talk(8, 25, true).ops,
    write(shared + 1, sent),
    read(shared, sent.length),
  ];
  const main = [
    accept(shared),
    accept(own),
    write(shared + 1, sent),
    { code: 'F', how: ways[stage.random.int(3)]!, a: 0 } as const,
    ...stage.talk(0, 25, true).ops,
    at('Y', 0),
    write(own + 1, sent),
    read(own, sent.length),
    ...hangUp(shared),
    ...hangUp(own),
  ];
  return { name: 'forked', main, sequences: [child] };
}

/** The child of a vfork changes its descriptors and executes a program: the parent's must be what they were. */
function executed(stage: Stage): Scene {
  const [kept, given] = [240, 242];
  const sent = stage.messages.next().bytes;
  const program = [read(given, sent.length), read(given, sent.length)];
  const main = [
    accept(kept),
    accept(given),
    write(given + 1, sent),
    { code: 'X', a: 0, b: given } as const,
    at('Y', 0),
    write(given + 1, sent),
    read(given, sent.length),
    write(kept + 1, sent),
    read(kept, sent.length),
    ...hangUp(given),
    ...stage.talk(0, 10, true).ops,
    ...hangUp(kept),
  ];
  return { name: 'executed', main, sequences: [program] };
}

/** Reads of up to 1 MiB at once. */
function huge(stage: Stage): Scene {
  const { random, messages } = stage;
  const lengths = [
    LONGEST_READ,
    LONGEST_READ - random.int(5000),
    4096 + random.int(100_000),
    4095 + random.int(3),
    32_768 + random.int(99),
  ];
  const main = lengths.flatMap((length, i): Op[] => {
    const { bytes, continuation } = messages.long(length);
    const size = Math.min(LONGEST_READ, random.int(2) === 0 ? length : length + random.int(500));
    const place = size === length && random.int(2) === 0 ? AT_GUARD : random.int(4096);
    const how = stage.functions.includes('recv') && random.int(3) === 0 ? READ.recv : READ.read;
    const step: Op = { code: 'R', how, a: 0, size, place, data: continuation, dataTo: length };
    return [{ code: 'A', how: i === 1 ? 2 : 0, a: 0, b: 1 }, { code: 'W', a: 1, data: bytes }, step, ...hangUp(0)];
  });
  return { name: 'huge', main, sequences: [] };
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
