/** The CLI's end of the control service. */

import { type ChannelCredentials, Client, credentials, type ServiceError } from '@grpc/grpc-js';
import {
  BenchError,
  CHANNEL_OPTIONS,
  CONTROL,
  type Hello,
  type RunStudyRequest,
  type StudyEnded,
  type StudyEvent,
} from '#proto';
import { errorOf } from '../ingest/status.ts';

/** how long a call that is answered at once may take */
const ANSWER_MS = 10_000;

export class ControlClient {
  readonly #client: Client;
  readonly #token: string;

  constructor(address: string, token: string, channel: ChannelCredentials = credentials.createInsecure()) {
    this.#client = new Client(address, channel, CHANNEL_OPTIONS);
    this.#token = token;
  }

  /** @throws BenchError */
  listAgents(): Promise<Hello[]> {
    const { path, requestSerialize, responseDeserialize } = CONTROL.listAgents;
    return new Promise((resolve, reject) => {
      const asked = { token: this.#token };
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, asked, soon(), (error, response) => {
        if (error !== null) reject(errorOf(error));
        else resolve(response?.agents ?? []);
      });
    });
  }

  /** Runs a study to its end. @throws BenchError; `controller-gone` when the controller went away */
  runStudy(request: RunStudyRequest, onEvent: (event: StudyEvent) => void): Promise<StudyEnded> {
    const { path, requestSerialize, responseDeserialize } = CONTROL.runStudy;
    return new Promise((resolve, reject) => {
      const call = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
        ...request,
        token: this.#token,
      });
      let ended: StudyEnded | null = null;
      call.on('data', (event: StudyEvent) => {
        if (event.body === 'ended') ended = event.ended;
        onEvent(event);
      });
      call.on('error', (error: ServiceError) => (ended === null ? reject(errorOf(error)) : resolve(ended)));
      call.on('end', () => {
        if (ended !== null) resolve(ended);
        else reject(new BenchError('controller-gone', 'the controller ended the call without a result'));
      });
    });
  }

  /** @throws BenchError */
  cancelStudy(): Promise<void> {
    const { path, requestSerialize, responseDeserialize } = CONTROL.cancelStudy;
    const request = { studyId: '', token: this.#token };
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, soon(), (error) => {
        if (error !== null) reject(errorOf(error));
        else resolve();
      });
    });
  }

  close(): void {
    this.#client.close();
  }
}

function soon(): { deadline: Date } {
  return { deadline: new Date(Date.now() + ANSWER_MS) };
}
