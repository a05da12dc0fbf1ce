/** The columns of exported samples: the data dictionary (README.md says it in words, and a test holds the two together).
 *
 * A batch fills the columns of a staging table; what can be had from those by SQL is: it is done there without a value passing through
 * JavaScript. */

import { PHASES, SAMPLE_HIT, SAMPLE_SETTLE } from '../analysis/record.ts';
import type { SampleSource, SourceBatch } from './source.ts';

export type ColumnType = 'enum' | 'UINTEGER' | 'UTINYINT' | 'UBIGINT' | 'DOUBLE' | 'BOOLEAN';

/** of the table that is written */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** over the staged columns */
  readonly sql: string;
  readonly meaning: string;
}

/** of the staging table */
export interface Staged {
  readonly name: string;
  readonly type: ColumnType;
  /** all that an enum may be */
  readonly values?: readonly string[];
  /** the same for all samples of a batch */
  readonly ofBatch?: (batch: SourceBatch) => string | number | bigint;
  /** of each sample */
  readonly ofSamples?: (batch: SourceBatch) => Uint32Array | Uint8Array | Float64Array;
}

const VANTAGES = ['client', 'caller', 'interposer', 'kernel'];
const DESIGNS = ['alternated', 'sliced', 'sequential'];

export function columnsOf({ arms, isWhole }: Pick<SampleSource, 'arms' | 'isWhole'>): readonly Column[] {
  const mechanisms = arms.map(({ mechanism }) => quoted(mechanism)).join(', ');
  const same = (name: string, type: ColumnType, meaning: string): Column => ({ name, type, sql: name, meaning });
  const flag = (name: string, bit: number, meaning: string): Column => ({
    ...{ name, type: 'BOOLEAN', sql: `(flags & ${bit}) <> 0`, meaning },
  });
  return [
    same('study', 'enum', 'id of the study'),
    same('node', 'enum', 'id of the agent that measured'),
    same('sut', 'enum', 'program under test'),
    same('condition', 'enum', 'where the two ends ran'),
    {
      ...{ name: 'mechanism', type: 'enum', meaning: 'how the read was hooked; none for no hook' },
      sql: `[${mechanisms}][arm + 1]`,
    },
    same('arm', 'UTINYINT', 'index of the arm in study.json; 1 is none again (A/A)'),
    same('fork', 'UINTEGER', 'fresh start of the program under test, from 0'),
    same('block', 'UINTEGER', 'randomised round within fork and design, from 0'),
    same('step', 'UINTEGER', 'step of the plan (plan.json), from 0'),
    same(
      'phase',
      'enum',
      'warmup, measure, census (counted, not timed), void (spoilt) or bystander (a process that no hook watches); only measure is compared',
    ),
    same('design', 'enum', 'how the arms were interleaved'),
    same('vantage', 'enum', 'where the clock stood; only equal ones are compared'),
    {
      ...{ name: 'start_ns', type: 'UBIGINT', sql: 't0_ns + dt_ns' },
      meaning:
        "CLOCK_MONOTONIC at the sample's start, ns: of the node, and at the client and the caller in conditions nodes:* of the load generator's node",
    },
    {
      ...{ name: 'latency_ns', type: isWhole ? 'UINTEGER' : 'DOUBLE', sql: 'latency_ns' },
      meaning: 'latency, ns; 4294967295 stands for that or more. DOUBLE where it was imported',
    },
    flag('keyword', SAMPLE_HIT, 'the request held a keyword'),
    flag('settle', SAMPLE_SETTLE, 'sent first after a new connection; not analysed'),
  ];
}

export function stagedOf({ study, nodes, suts, conditions, isWhole }: SampleSource): readonly Staged[] {
  const word = (name: string, values: readonly string[], ofBatch: (batch: SourceBatch) => string): Staged => ({
    ...{ name, type: 'enum', values: [...new Set(values)], ofBatch },
  });
  return [
    word('study', [study], () => study),
    word('node', nodes, ({ node }) => node),
    word('sut', suts, ({ sut }) => sut),
    word('condition', conditions, ({ condition }) => condition),
    { name: 'fork', type: 'UINTEGER', ofBatch: ({ fork }) => fork },
    { name: 'block', type: 'UINTEGER', ofBatch: ({ block }) => block },
    { name: 'step', type: 'UINTEGER', ofBatch: ({ step }) => step },
    word('phase', PHASES, ({ phase }) => phase),
    word('design', DESIGNS, ({ design }) => design),
    word('vantage', VANTAGES, ({ vantage }) => vantage),
    { name: 't0_ns', type: 'UBIGINT', ofBatch: ({ t0Ns }) => t0Ns },
    { name: 'dt_ns', type: 'UINTEGER', ofSamples: ({ dtNs }) => dtNs },
    {
      ...{ name: 'latency_ns', type: isWhole ? 'UINTEGER' : 'DOUBLE' },
      ofSamples: ({ latencyNs }) => latencyNs as Uint32Array | Float64Array,
    },
    { name: 'arm', type: 'UTINYINT', ofSamples: ({ arm }) => arm },
    { name: 'flags', type: 'UTINYINT', ofSamples: ({ flags }) => flags },
  ];
}

/** as a string in SQL */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
