/** What the controller accepts from an agent: shapes and bounds of every record, before it is stored. */

import {
  BenchError,
  type Fact,
  type KernelTime,
  type MeasurementRecord,
  type NetworkPath,
  type Observation,
  type Place,
  type PlacedEnd,
  READ_CALLS,
  READ_KINDS,
  type ReadCensus,
  type Samples,
  type Traces,
} from '#proto';

const MAX_SAMPLES = 65_536;
const MAX_BUCKETS = 16_384;
const MAX_TEXT = 16_384;
const MAX_NAME = 200;
/** ids are made of several names */
const MAX_ID = 600;
/** of an error, as its tool wrote it */
const MAX_MESSAGE = 65_536;
/** of a list of what was seen */
const MAX_SEEN = 64;

/** What an agent sent. @throws BenchError bad-message */
export function checkRecord(record: MeasurementRecord): void {
  if (record.sequence < 1) refuse('a record without sequence');
  checkStoredRecord(record);
}

/** What a segment holds: sequence 0 is the controller's own there. @throws BenchError bad-message */
export function checkStoredRecord(record: MeasurementRecord): void {
  checkBody(record);
  checkWords(record.studyId, record.assignmentId);
}

function checkBody(record: MeasurementRecord): void {
  switch (record.body) {
    case 'samples':
      checkSamples(record.samples);
      return;
    case 'histogram': {
      const { lowNs, highNs, counts } = record.histogram;
      checkPlace(record.histogram.place);
      checkName(record.histogram.mechanism);
      const even = lowNs.length === highNs.length && lowNs.length === counts.length && lowNs.length <= MAX_BUCKETS;
      const fine = [...lowNs, ...highNs, ...counts].every((value) => Number.isFinite(value) && value >= 0);
      if (!even || !fine) refuse('a histogram with uneven columns or values that are no counts');
      return;
    }
    case 'traces':
      checkTraces(record.traces);
      return;
    case 'blocking':
      checkPlace(record.blocking.place);
      checkName(record.blocking.mechanism);
      return;
    case 'kernelTime':
      checkKernelTime(record.kernelTime);
      return;
    case 'parity':
      checkPlace(record.parity.place);
      checkWords(record.parity.mechanism, record.parity.source);
      return;
    case 'loss':
      checkWords(record.loss.hop, record.loss.sut, record.loss.mechanism);
      return;
    case 'observation':
      checkObservation(record.observation);
      return;
    case 'note':
      checkWords(record.note.code);
      checkText(record.note.detail);
      return;
    case 'end':
      checkWords(record.end.status, record.end.code);
      if (record.end.message.length > MAX_MESSAGE || record.end.nextStep.length > MAX_MESSAGE)
        refuse('an overlong text');
      checkText(record.end.detail);
      return;
    default:
      refuse('a record without body');
  }
}

function checkSamples(samples: Samples): void {
  checkPlace(samples.place);
  const { n } = samples;
  const even =
    samples.dtNs.length === 4 * n &&
    samples.latencyNs.length === 4 * n &&
    samples.arm.length === n &&
    samples.flags.length === n;
  if (!even || n > MAX_SAMPLES) refuse(`samples whose columns do not have n = ${n} entries`);
}

function checkTraces(traces: Traces): void {
  checkPlace(traces.place);
  checkName(traces.mechanism);
  const { n } = traces;
  const even = traces.atNs.length === 8 * n && [traces.pid, traces.fd, traces.keyword].every((c) => c.length === 4 * n);
  if (!even || n > MAX_SAMPLES) refuse(`traces whose columns do not have n = ${n} entries`);
}

function checkKernelTime(time: KernelTime): void {
  checkPlace(time.place);
  checkName(time.mechanism);
  checkText(time.missing);
  for (const n of [time.reads, time.runTimeNs, time.runs, time.besideRunTimeNs, time.besideRuns]) checkCount(n);
}

function checkObservation(observation: Observation): void {
  // as in a hello: what was not sent is not there
  const { path, tenants, limits } = observation as Partial<Observation>;
  if (path === undefined || tenants === undefined || limits === undefined)
    refuse('an observation without its path, tenants or limits');
  checkName(observation.sut);
  checkName(observation.condition);
  checkAmount(observation.measuredMs);
  checkAmount(observation.slicedMs);
  checkEnd(observation.loadEnd);
  checkEnd(observation.sutEnd);
  checkPath(path);
  const { foreign, ...shares } = tenants;
  checkSeen(foreign);
  checkFact(shares.stealShare);
  checkFact(shares.foreignCpuShare);
  checkFact(shares.cpuPressureShare);
  checkFact(limits.throttledShare);
  checkFact(limits.memoryPressureShare);
  checkFact(limits.ioPressureShare);
  checkFact(limits.sutRunQueueShare);
  checkFact(limits.loadRunQueueShare);
  checkFact(limits.memoryEvents);
  checkCensus(observation.reads);
}

function checkEnd(end: PlacedEnd | undefined): void {
  if (end !== undefined && Object.values(end).some((text: string) => text.length > MAX_NAME))
    refuse('an overlong name');
}

function checkPath(path: NetworkPath): void {
  const { acceptor, device, deviceKind } = path;
  if ([acceptor, device, deviceKind].some((name) => name.length > MAX_NAME)) refuse('an overlong name');
  const isKnown =
    ['', 'sut', 'other'].includes(path.acceptedBy) && ['', 'loopback', 'link', 'routed'].includes(path.route);
  if (!isKnown) refuse('a path in words that are not known');
  checkSeen(path.meshProxies);
  checkSeen(path.missing);
}

function checkCensus(reads: ReadCensus | undefined): void {
  if (reads === undefined) return;
  checkText(reads.missing);
  checkCount(reads.requests);
  if (reads.calls.length > MAX_SEEN) refuse('an overlong list');
  for (const { call, kind, calls, bytes } of reads.calls) {
    const isKnown =
      (READ_CALLS as readonly string[]).includes(call) && (READ_KINDS as readonly string[]).includes(kind);
    if (!isKnown) refuse('a census of calls that are not known');
    checkCount(calls);
    checkCount(bytes);
  }
}

function checkFact(fact: Fact | undefined): void {
  if (fact === undefined) refuse('an observation that leaves a fact out');
  checkText(fact.missing);
  checkAmount(fact.value);
}

function checkSeen(texts: readonly string[]): void {
  if (texts.length > MAX_SEEN) refuse('an overlong list');
  for (const text of texts) checkText(text);
}

function checkAmount(value: number): void {
  if (!Number.isFinite(value) || value < 0) refuse('an amount that is below 0 or no number');
}

function checkCount(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) refuse('a count that is below 0, broken or past 2^53');
}

function checkPlace(place: Place | undefined): void {
  if (place === undefined) refuse('a record without its place');
  if (place.phase === 'unspecified' || place.design === 'unspecified' || place.vantage === 'unspecified') {
    refuse('a place without phase, design or vantage');
  }
  if (place.sut.length > MAX_NAME || place.condition.length > MAX_NAME) refuse('an overlong name');
}

function checkName(name: string): void {
  if (name === '' || name.length > MAX_NAME) refuse('a name that is empty or overlong');
}

/** names that may be empty */
function checkWords(...words: readonly string[]): void {
  if (words.some((word) => word.length > MAX_ID)) refuse('an overlong name');
}

function checkText(text: string): void {
  if (text.length > MAX_TEXT) refuse('an overlong text');
}

function refuse(what: string): never {
  throw new BenchError('bad-message', `the controller does not accept ${what}`);
}
