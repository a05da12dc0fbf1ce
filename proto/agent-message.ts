/** What an agent sent, as the controller takes it: records with the bytes that came over the wire, which are stored as they are. */

import { decode } from './codec.ts';
import { BenchError } from './errors.ts';
import type { MeasurementRecord } from './measurement.ts';
import type { AgentMessage } from './model.ts';
import { BytesReader } from './reader.ts';
import { RECORD_TAG } from './sample-codec.ts';

export type ReceivedMessage =
  | Exclude<AgentMessage, { body: 'record' }>
  /** encoded: a view of the message's bytes, a whole Record */
  | { body: 'record'; record: MeasurementRecord; encoded: Buffer };

/** @param bytes one AgentMessage. @throws BenchError bad-message; also for a record among other fields: then no bytes of the message are the record */
export function readAgentMessage(bytes: Buffer): ReceivedMessage {
  if (bytes[0] === RECORD_TAG) {
    const from = new BytesReader(bytes);
    from.head(RECORD_TAG, bytes.length);
    if (from.failed)
      throw new BenchError('bad-message', `a record of ${bytes.length} bytes that is not alone in its message`);
    const encoded = bytes.subarray(from.at);
    return { body: 'record', record: decode('Record', encoded), encoded };
  }
  const message = decode('AgentMessage', bytes);
  if (message.body === 'record') throw new BenchError('bad-message', 'a record that is not alone in its message');
  // a oneof that holds nothing has no body, whatever its type says
  if (message.body === undefined) throw new BenchError('bad-message', 'a message of a kind that is not known');
  return message;
}
