/** What a record on the wire or on disk says, read with protobufjs from the .proto files: none of the product's codecs is used here. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const PROTO_DIR = fileURLToPath(new URL('../../../proto', import.meta.url));
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(PROTO_DIR, target);
root.loadSync('hookbench/v1/agent.proto', { keepCase: true });
const recordType = root.lookupType('hookbench.v1.Record');
const agentMessageType = root.lookupType('hookbench.v1.AgentMessage');
const controllerMessageType = root.lookupType('hookbench.v1.ControllerMessage');

type Fields = { readonly [name: string]: unknown };

export interface SeenRecord {
  readonly sequence: number;
  readonly studyId: string;
  readonly assignmentId: string;
  /** samples, loss, end, … */
  readonly body: string;
  /** latencies in it; 0 where it is no record of samples */
  readonly samples: number;
  /** measurements that a loss record says were lost, and where */
  readonly lost: { readonly hop: string; readonly samples: number } | null;
  /** of everything in it, so written that equal contents have equal digests, however they were encoded */
  readonly digest: string;
}

/** @param bytes a hookbench.v1.Record @throws Error when they are none */
export function seenRecord(bytes: Uint8Array): SeenRecord {
  return seen(plain(recordType, recordType.decode(bytes)));
}

/** the same, where what was stored may be no record at all: then one that no one can have offered */
export function storedRecord(bytes: Uint8Array): SeenRecord {
  try {
    return seenRecord(bytes);
  } catch {
    return { sequence: 0, studyId: '', assignmentId: '', body: 'unreadable', samples: 0, lost: null, digest: '' };
  }
}

/** @param record fields by their names in the .proto, enums as their words there
 * @returns the bytes that stand for it, and what a reader sees in them */
export function recordOf(record: Fields): SeenRecord {
  return seen(plain(recordType, recordType.fromObject(record)));
}

/** @returns bytes of a Record, for segments made by hand */
export function recordBytes(record: Fields): Buffer {
  return Buffer.from(recordType.encode(recordType.fromObject(record)).finish());
}

/** what an agent says that matters here: who it is, or a record */
export function fromAgent(bytes: Uint8Array): { hello?: { agentId: string; runId: string }; record?: SeenRecord } {
  const message = plain(agentMessageType, agentMessageType.decode(bytes));
  const hello = message.hello as Fields | undefined;
  if (hello !== undefined) return { hello: { agentId: String(hello.agent_id), runId: String(hello.run_id) } };
  return message.record === undefined ? {} : { record: seen(message.record as Fields) };
}

export interface Claim {
  /** records up to this one are done with */
  readonly durable: number;
  /** samples among them that were not kept, since the controller named last first heard of the run; 0 where it does not say */
  readonly discarded: number;
  /** start of the controller, told once a stream; null in what follows */
  readonly controllerRun: string | null;
}

/** @returns what a controller claims; null for what is no claim */
export function fromController(bytes: Uint8Array): Claim | null {
  const message = plain(controllerMessageType, controllerMessageType.decode(bytes));
  const said = (message.ack ?? message.welcome) as Fields | undefined;
  if (said === undefined) return null;
  return {
    durable: Number(said.durable_sequence),
    discarded: Number(said.discarded_samples ?? 0),
    controllerRun: message.welcome === undefined ? null : String(said.controller_run ?? ''),
  };
}

function seen(record: Fields): SeenRecord {
  const body = Object.keys(record).find((name) => !['sequence', 'study_id', 'assignment_id'].includes(name)) ?? '';
  const samples = record.samples as Fields | undefined;
  const loss = record.loss as Fields | undefined;
  return {
    sequence: Number(record.sequence),
    studyId: String(record.study_id),
    assignmentId: String(record.assignment_id),
    body,
    samples: samples === undefined ? 0 : Number(samples.n),
    lost: loss === undefined ? null : { hop: String(loss.hop), samples: Number(loss.lost) },
    digest: createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 32),
  };
}

/** every field with its value or its default, in the order of the .proto; those of a oneof only when they are set */
function plain(type: protobuf.Type, message: protobuf.Message): Fields {
  return type.toObject(message, { defaults: true, longs: String, enums: String, bytes: String });
}
