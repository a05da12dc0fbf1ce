import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf, type MeasurementRecord, NO_KEYWORD_INDEX, type RecordBody } from '#proto';
import { analyse } from '../../../controller/analysis/analyse.ts';
import { renderTracesCsv } from '../../../controller/report/index.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import type { StudyMeta } from '../../../controller/store/meta.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { newOutDir } from '../../helpers/cli.ts';
import { META, PLACE } from '../../helpers/stored.ts';

const actions = suite('stored matches and refusals');
const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const u32 = (...values: number[]) => bytesOf(Uint32Array.from(values));
const traces = (mechanism: string, keywords: readonly number[], dropped: number): RecordBody => ({
  body: 'traces',
  traces: {
    ...{ place: PLACE, mechanism, n: keywords.length, dropped },
    atNs: bytesOf(BigUint64Array.from(keywords, (_, i) => 2n ** 60n + BigInt(i))),
    pid: u32(...keywords.map(() => 42)),
    fd: u32(...keywords.map((_, i) => (i === 0 ? 0xffff_ffff : 7))),
    keyword: u32(...keywords),
  },
});
const blocking = (refused: number, served: number, leaked: number, denied: number): RecordBody => ({
  body: 'blocking',
  blocking: { place: PLACE, mechanism: 'ld-preload:simd', refused, served, leaked, denied },
});
const note = (code: string, detail: string): RecordBody => ({ body: 'note', note: { code, detail } });

function stored(id: string, bodies: readonly RecordBody[], over: Partial<StudyMeta>): string {
  const store = createStudyStore(out, id);
  store.saveMeta({ ...META, id, ...over });
  bodies.forEach((body, i) => {
    const ids = { sequence: i + 1, studyId: id, assignmentId: `${id}/node-1/process/0` };
    store.append('node-1', 'run-1', { ...ids, ...body } as MeasurementRecord);
  });
  store.close();
  return store.dir;
}

const KEYWORDS = ['a,b', '=cmd', 'plain'];

actions('matches: added up with those dropped, the most frequent keyword first, every kept one a row of CSV', () => {
  const bodies = [
    traces('ld-preload', [2, 1, 2], 5),
    traces('ld-preload', [0], 0),
    traces('bpftrace', [NO_KEYWORD_INDEX], 1),
  ];
  const study = readStudy(stored('t', bodies, { action: 'trace', keywordList: KEYWORDS }));
  assert.equal(analyse(study).traces, [
    {
      ...{ sut: 'java-hello', node: 'node-1', mechanism: 'ld-preload', matches: 9, kept: 4, dropped: 5 },
      keywords: [
        { index: 2, keyword: 'plain', count: 2 },
        { index: 0, keyword: 'a,b', count: 1 },
        { index: 1, keyword: '=cmd', count: 1 },
      ],
    },
    {
      ...{ sut: 'java-hello', node: 'node-1', mechanism: 'bpftrace', matches: 2, kept: 1, dropped: 1 },
      keywords: [{ index: null, keyword: '', count: 1 }],
    },
  ]);
  const lines = renderTracesCsv(study).split('\r\n');
  assert.is(lines.length, 7, 'head, five matches, the end');
  assert.match(
    lines[1]!,
    /^t,node-1,java-hello,process,ld-preload,alternated,measure,0,1,2,1152921504606846976,42,-1,2,plain$/,
  );
  assert.match(lines[2]!, /,1152921504606846977,42,7,1,'=cmd$/, 'a spreadsheet takes it for text');
  assert.match(lines[4]!, /,0,"a,b"$/);
  assert.match(lines[5]!, /,bpftrace,.*,-1,,$/);
});

actions('refusals: added up over the forks; one that leaked or was denied is not ok', () => {
  const rows = (...bodies: RecordBody[]) =>
    analyse(readStudy(stored(`b${bodies.length}`, bodies, { action: 'block' }))).blocking;
  const [fine, ...more] = rows(blocking(3, 4, 0, 0), blocking(10, 20, 0, 0));
  assert.equal(more, []);
  assert.equal([fine!.refused, fine!.served, fine!.ok, fine!.mechanism], [13, 24, true, 'ld-preload:simd']);
  assert.is(rows(blocking(1, 1, 1, 0))[0]!.ok, false);
  assert.is(rows(blocking(1, 1, 0, 0), blocking(1, 1, 0, 0), blocking(1, 1, 0, 1))[0]!.ok, false);
});

actions('how a mechanism worked stands with it, a variant apart from its family, and is no warning', () => {
  const fact = (id: string) => ({ id, layer: 'library', actions: [], functions: ['read'], limits: [], manner: [] });
  const bodies = [
    note('hook-manner', 'ld-preload scans with ac'),
    note('hook-manner', 'ld-preload:simd scans with simd'),
  ];
  const study = readStudy(stored('m', bodies, { catalogue: [fact('ld-preload'), fact('ld-preload:simd')] }));
  assert.equal(
    analyse(study).mechanisms.map(({ manner }) => manner),
    [['scans with ac'], ['scans with simd']],
  );
  assert.equal(study.warnings, []);
});

actions('a study stored before there was a choice: read, everything timed, no table of mechanisms', () => {
  const results = analyse(readStudy(stored('old', [], {})));
  assert.equal([results.study.functions, results.study.timed], [['read'], 'all requests']);
  assert.equal([results.mechanisms, results.traces, results.blocking], [[], [], []]);
});

actions.run();
