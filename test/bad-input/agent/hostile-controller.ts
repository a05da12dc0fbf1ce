/** A controller that has been taken over: it takes the agent's hello, and then sends whatever bytes it likes. */

import { Server, ServerCredentials, type ServerDuplexStream, type UntypedServiceImplementation } from '@grpc/grpc-js';
import {
  AGENT_STREAM,
  type AgentMessage,
  type ControllerMessage,
  decode,
  encode,
  PROTOCOL_VERSION,
} from '../../../proto/index.ts';
import type { RecordBody } from '../../../proto/measurement.ts';

type End = (RecordBody & { body: 'end' })['end'] & { readonly assignmentId: string };

export class HostileController {
  readonly ends: End[] = [];
  /** records the agent sent, of any kind */
  records = 0;
  /** times that an agent said hello */
  hellos = 0;
  port = 0;
  readonly #server = new Server({ 'grpc.max_receive_message_length': 64 * 2 ** 20 });
  #stream: ServerDuplexStream<AgentMessage, Buffer> | null = null;

  async listen(): Promise<void> {
    const connect = {
      ...AGENT_STREAM.connect,
      requestDeserialize: (bytes: Buffer) => decode('AgentMessage', bytes),
      responseSerialize: (bytes: Buffer) => bytes,
    };
    this.#server.addService({ connect }, {
      connect: (call: ServerDuplexStream<AgentMessage, Buffer>) => this.#take(call),
    } as UntypedServiceImplementation);
    this.port = await new Promise((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      ),
    );
  }

  get connected(): boolean {
    return this.#stream !== null;
  }

  /** @returns whether more may be sent at once */
  send(bytes: Buffer): boolean {
    return this.#stream?.write(bytes) ?? false;
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #take(call: ServerDuplexStream<AgentMessage, Buffer>): void {
    call.on('error', () => undefined);
    const gone = () => {
      if (this.#stream === call) this.#stream = null;
    };
    call.on('cancelled', gone).on('end', () => {
      gone();
      call.end();
    });
    call.on('data', (message: AgentMessage) => {
      if (message.body === 'hello') this.#welcome(call);
      if (message.body !== 'record') return;
      this.records += 1;
      const { record } = message;
      if (record.body === 'end') this.ends.push({ ...record.end, assignmentId: record.assignmentId });
      call.write(
        encode('ControllerMessage', { body: 'ack', ack: { durableSequence: record.sequence, discardedSamples: 0 } }),
      );
    });
  }

  #welcome(call: ServerDuplexStream<AgentMessage, Buffer>): void {
    this.hellos += 1;
    this.#stream = call;
    const welcome = { protocol: PROTOCOL_VERSION, durableSequence: 0, credits: 32 };
    call.write(encode('ControllerMessage', { body: 'welcome', welcome } as ControllerMessage));
  }
}
