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

/** The controller gets the bytes of each message: `readAgentMessage` makes it of them, and what it throws can be told to the agent. */
export const AGENT_STREAM = {
  connect: {
    ...method('AgentStream', 'Connect', 'AgentMessage', 'ControllerMessage', { in: true, out: true }),
    requestDeserialize: (bytes: Buffer) => bytes,
  } as CodecPair<AgentMessage, ControllerMessage, Buffer>,
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

const KEEPALIVE = {
  // a peer that is silently gone (no FIN, no RST) is found within the sum of both
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 8_000,
} as const;

/** Options of who dials. Without the first, `drain` is not backpressure: grpc-js keeps a copy of every message to send it again. */
export const CHANNEL_OPTIONS = {
  'grpc.per_rpc_retry_buffer_size': 4096,
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.max_send_message_length': 16 * 1024 * 1024,
  // without these a controller that comes back is found again only after up to two minutes
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 3000,
  ...KEEPALIVE,
} as const;

/** the largest message that a controller takes: more than the largest record that its checks let through */
export const MOST_REQUEST_BYTES = 2 * 1024 * 1024;

/** Options of who listens. */
export const SERVER_OPTIONS = {
  // no 'grpc.enable_channelz': 0 here: grpc-js then forgets to end its connections in forceShutdown
  'grpc.max_receive_message_length': MOST_REQUEST_BYTES,
  'grpc.max_send_message_length': 16 * 1024 * 1024,
  // of one connection: an agent has one stream, a command line a call or two
  'grpc.max_concurrent_streams': 16,
  ...KEEPALIVE,
} as const;
