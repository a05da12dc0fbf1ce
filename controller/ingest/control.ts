/** The control service: thin, it checks who calls and what is asked, calls the study, and maps failures to gRPC status codes. */

import type { handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import {
  asBenchError,
  BenchError,
  type CancelStudyRequest,
  type CancelStudyResponse,
  checkReadable,
  type ListAgentsRequest,
  type ListAgentsResponse,
  type RunStudyRequest,
  type StudyEvent,
} from '#proto';
import { CallRates, type ControlCall } from '../security/call-rates.ts';
import type { Agents } from './agents.ts';
import { checkRunStudy } from './check-request.ts';
import { type Admission, checkPeer, type PeerCall } from './peer.ts';
import { statusOf } from './status.ts';

export type StartStudy = (
  request: RunStudyRequest,
  o: { signal: AbortSignal; emit: (event: StudyEvent) => void },
) => Promise<void>;

export class ControlService {
  readonly #o: { agents: Agents; start: StartStudy };
  readonly #admission: Admission;
  readonly #rates: CallRates;
  #draining = false;
  #running: { readonly abort: AbortController; studyId: string } | null = null;

  constructor(o: { token: string; certificates?: boolean; agents: Agents; start: StartStudy; rates?: CallRates }) {
    this.#o = o;
    this.#rates = o.rates ?? new CallRates();
    this.#admission = { token: o.token, certificates: o.certificates ?? false };
  }

  /** Asks the running study, if any, to stop. */
  cancelRunning(): void {
    this.#running?.abort.abort();
  }

  /** From here on no study is begun. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  readonly listAgents: handleUnaryCall<ListAgentsRequest, ListAgentsResponse> = (call, callback) => {
    try {
      checkReadable(call.request);
      this.#checkCli(call, 'listAgents', call.request.token);
      callback(null, { agents: this.#o.agents.hellos() });
    } catch (error) {
      callback(statusOf(asBenchError(error)));
    }
  };

  readonly cancelStudy: handleUnaryCall<CancelStudyRequest, CancelStudyResponse> = (call, callback) => {
    try {
      checkReadable(call.request);
      this.#checkCli(call, 'cancelStudy', call.request.token);
      if (this.#running === null) throw new BenchError('usage', 'no study is running');
      const { studyId } = call.request;
      if (studyId !== '' && studyId !== this.#running.studyId)
        throw new BenchError(
          'usage',
          `${studyId} is not running; ${this.#running.studyId || 'a study being planned'} is`,
        );
      this.#running.abort.abort();
      callback(null, {});
    } catch (error) {
      callback(statusOf(asBenchError(error)));
    }
  };

  readonly runStudy: handleServerStreamingCall<RunStudyRequest, StudyEvent> = (call) => {
    const abort = new AbortController();
    call.on('cancelled', () => abort.abort());
    call.on('error', () => abort.abort());
    this.#run(call, abort, (event) => call.write(event)).then(
      () => call.end(),
      (error: unknown) => call.emit('error', statusOf(asBenchError(error))),
    );
  };

  async #run(
    call: PeerCall & { readonly request: RunStudyRequest },
    abort: AbortController,
    emit: (event: StudyEvent) => void,
  ): Promise<void> {
    const { request } = call;
    checkReadable(request);
    this.#checkCli(call, 'runStudy', request.token);
    checkRunStudy(request);
    await this.run(request, abort, emit);
  }

  /** Runs a study for who was let in and whose request was checked. @throws BenchError busy while another one runs, or when the controller ends */
  async run(request: RunStudyRequest, abort: AbortController, emit: (event: StudyEvent) => void = () => undefined) {
    if (this.#draining)
      throw new BenchError('busy', 'the controller is ending', { nextStep: 'run the study when it is back' });
    if (this.#running !== null) {
      throw new BenchError('busy', 'a study is running already', { nextStep: 'wait for its end or cancel it' });
    }
    const running = { abort, studyId: '' };
    this.#running = running;
    const noting = (event: StudyEvent) => {
      if (event.body === 'planned') running.studyId = event.planned.studyId;
      emit(event);
    };
    try {
      await this.#o.start(request, { signal: abort.signal, emit: noting });
    } finally {
      this.#running = null;
    }
  }

  /** Who shows nothing that is good is counted together with all others who do not. */
  #checkCli(call: PeerCall, name: ControlCall, shown: string): void {
    try {
      const identity = checkPeer(call, 'cli', { ...this.#admission, shown });
      this.#rates.take(identity?.name ?? '', name);
    } catch (error) {
      if (asBenchError(error).code !== 'busy') this.#rates.take('?', name);
      throw error;
    }
  }
}
