/** Every message of the contract by its name on the wire. */

import type {
  CancelStudyRequest,
  CancelStudyResponse,
  ListAgentsRequest,
  ListAgentsResponse,
  RunStudyRequest,
  StudyEvent,
} from './control.ts';
import type { MeasurementRecord } from './measurement.ts';
import type { AgentMessage, Assignment, ControllerMessage } from './model.ts';

export interface MessageTypes {
  AgentMessage: AgentMessage;
  ControllerMessage: ControllerMessage;
  Record: MeasurementRecord;
  Assignment: Assignment;
  RunStudyRequest: RunStudyRequest;
  StudyEvent: StudyEvent;
  ListAgentsRequest: ListAgentsRequest;
  ListAgentsResponse: ListAgentsResponse;
  CancelStudyRequest: CancelStudyRequest;
  CancelStudyResponse: CancelStudyResponse;
}
