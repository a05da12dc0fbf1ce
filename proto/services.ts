/** The two services as grpc-js wants them: paths, directions and the codec. */

import type {
  CancelStudyRequest,
  CancelStudyResponse,
  ListAgentsRequest,
  ListAgentsResponse,
  RunStudyRequest,
  StudyEvent,
} from './control.ts';
import { type CodecPair, method } from './method.ts';
import type { AgentMessage, ControllerMessage } from './model.ts';

export const AGENT_STREAM = {
  connect: method('AgentStream', 'Connect', 'AgentMessage', 'ControllerMessage', { in: true, out: true }) as CodecPair<
    AgentMessage,
    ControllerMessage
  >,
} as const;

export const CONTROL = {
  listAgents: method('Control', 'ListAgents', 'ListAgentsRequest', 'ListAgentsResponse', {
    in: false,
    out: false,
  }) as CodecPair<ListAgentsRequest, ListAgentsResponse>,
  runStudy: method('Control', 'RunStudy', 'RunStudyRequest', 'StudyEvent', { in: false, out: true }) as CodecPair<
    RunStudyRequest,
    StudyEvent
  >,
  cancelStudy: method('Control', 'CancelStudy', 'CancelStudyRequest', 'CancelStudyResponse', {
    in: false,
    out: false,
  }) as CodecPair<CancelStudyRequest, CancelStudyResponse>,
} as const;

/** Channel options both ends set: without the first, `drain` is not backpressure (grpc-js keeps a retry copy of every message). */
export const CHANNEL_OPTIONS = {
  'grpc.per_rpc_retry_buffer_size': 4096,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.max_send_message_length': 16 * 1024 * 1024,
  // without these a controller that comes back is found again only after up to two minutes
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 3000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
} as const;
