/** The columns of exported samples: the data dictionary (README.md says it in words, and a test holds the two together). */

import { BenchError } from '#proto';
import { PHASES, SAMPLE_HIT, SAMPLE_SETTLE } from '../analysis/record.ts';
import type { SampleSource, SourceBatch } from './source.ts';

export type ColumnType = 'enum' | 'UINTEGER' | 'UTINYINT' | 'UBIGINT' | 'DOUBLE' | 'BOOLEAN';
export type Cell = string | number | bigint | boolean;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** all that an enum may be */
  readonly values?: readonly string[];
  /** the same for all samples of a batch */
  readonly ofBatch?: (batch: SourceBatch) => Cell;
  /** of the i-th sample of a batch */
  readonly ofSample?: (batch: SourceBatch, i: number) => Cell;
  readonly meaning: string;
}

const VANTAGES = ['client', 'caller', 'interposer', 'kernel'];
const DESIGNS = ['alternated', 'sliced', 'sequential'];

export function columnsOf(source: SampleSource): readonly Column[] {
  const { study, nodes, suts, conditions, arms } = source;
  const mechanisms = [...new Set(arms.map(({ mechanism }) => mechanism))];
  return [
    word('study', [study], () => study, 'id of the study'),
    word('node', nodes, ({ node }) => node, 'id of the agent that measured'),
    word('sut', suts, ({ sut }) => sut, 'program under test'),
    word('condition', conditions, ({ condition }) => condition, 'where the two ends ran'),
    {
      ...{ name: 'mechanism', type: 'enum', values: mechanisms, meaning: 'how the read was hooked; none for no hook' },
      ofSample: ({ arm }, i) => arms[arm[i] as number]?.mechanism ?? unknownArm(arm[i] as number),
    },
    {
      ...{ name: 'arm', type: 'UTINYINT', meaning: 'index of the arm in study.json; 1 is none again (A/A)' },
      ofSample: ({ arm }, i) => arm[i] as number,
    },
    number('fork', ({ fork }) => fork, 'fresh start of the program under test, from 0'),
    number('block', ({ block }) => block, 'randomised round within fork and design, from 0'),
    number('step', ({ step }) => step, 'step of the plan (plan.json), from 0'),
    word(
      'phase',
      PHASES,
      ({ phase }) => phase,
      'warmup, measure, census (counted, not timed) or void (spoilt); only measure is analysed',
    ),
    word('design', DESIGNS, ({ design }) => design, 'how the arms were interleaved'),
    word('vantage', VANTAGES, ({ vantage }) => vantage, 'where the clock stood; only equal ones are compared'),
    {
      ...{ name: 'start_ns', type: 'UBIGINT', meaning: "CLOCK_MONOTONIC of the node at the sample's start, ns" },
      ofSample: ({ t0Ns, dtNs }, i) => t0Ns + BigInt(dtNs[i] as number),
    },
    {
      ...{
        name: 'latency_ns',
        type: source.isWhole ? 'UINTEGER' : 'DOUBLE',
        meaning: 'latency, ns; 4294967295 stands for that or more. DOUBLE where it was imported',
      },
      ofSample: ({ latencyNs }, i) => latencyNs[i] as number,
    },
    flag('keyword', SAMPLE_HIT, 'the request held a keyword'),
    flag('settle', SAMPLE_SETTLE, 'sent first after a new connection; not analysed'),
  ];
}

function word(
  name: string,
  values: readonly string[],
  ofBatch: (batch: SourceBatch) => string,
  meaning: string,
): Column {
  return { name, type: 'enum', values: [...new Set(values)], ofBatch, meaning };
}

function number(name: string, ofBatch: (batch: SourceBatch) => number, meaning: string): Column {
  return { name, type: 'UINTEGER', ofBatch, meaning };
}

function flag(name: string, bit: number, meaning: string): Column {
  return { name, type: 'BOOLEAN', ofSample: ({ flags }, i) => ((flags[i] as number) & bit) !== 0, meaning };
}

function unknownArm(arm: number): never {
  throw new BenchError('usage', `samples of arm ${arm}, which study.json does not have`, {
    nextStep: 'hookbench fsck DIR',
  });
}
