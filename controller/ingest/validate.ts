/** What the controller accepts from an agent: shapes and bounds of every record, before it is stored. */

import { BenchError, type Hello, type MeasurementRecord, type Place, type Samples, type Traces } from '#proto';

const MAX_SAMPLES = 65_536;
const MAX_BUCKETS = 100_000;
const MAX_TEXT = 16_384;
const MAX_NAME = 200;

/** @throws BenchError bad-message */
export function checkHello(hello: Hello): void {
  // a message field that was not sent is not there, whatever its type says
  const { runId, host } = hello as Partial<Hello>;
  if (!runId || runId.length > MAX_NAME) refuse('a hello without its run');
  if (host === undefined) refuse('a hello without the facts of its host');
}

/** @throws BenchError bad-message */
export function checkRecord(record: MeasurementRecord): void {
  if (record.sequence < 1) refuse('a record without sequence');
  switch (record.body) {
    case 'samples':
      checkSamples(record.samples);
      return;
    case 'histogram': {
      const { lowNs, highNs, counts } = record.histogram;
      checkPlace(record.histogram.place);
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
    case 'parity':
      checkPlace(record.parity.place);
      return;
    case 'observation':
    case 'loss':
      return;
    case 'note':
      checkText(record.note.detail);
      return;
    case 'end':
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

function checkText(text: string): void {
  if (text.length > MAX_TEXT) refuse('an overlong text');
}

function refuse(what: string): never {
  throw new BenchError('bad-message', `the controller does not accept ${what}`);
}
