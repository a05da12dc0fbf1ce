/** BenchError ↔ gRPC status, in one place. The error itself travels in the metadata so that the CLI shows its next step. */

import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { BenchError, explainTls, FAILURE_CODES, type FailureCode } from '#proto';

const STATUS: Partial<Record<FailureCode, status>> = {
  usage: status.INVALID_ARGUMENT,
  'bad-message': status.INVALID_ARGUMENT,
  unsupported: status.FAILED_PRECONDITION,
  'no-agent': status.UNAVAILABLE,
  busy: status.RESOURCE_EXHAUSTED,
  'disk-full': status.RESOURCE_EXHAUSTED,
  'controller-gone': status.UNAUTHENTICATED,
  refused: status.PERMISSION_DENIED,
  cancelled: status.CANCELLED,
};

export function statusOf(error: BenchError): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  const { code, nextStep, detail } = error;
  metadata.set('hookbench-error-bin', Buffer.from(JSON.stringify({ code, nextStep, detail: detail.slice(-4000) })));
  return { code: STATUS[code] ?? status.INTERNAL, details: error.message, metadata };
}

/** a failed call → the error the other end meant; a call that never arrived is `controller-gone` */
export function errorOf(error: ServiceError): BenchError {
  const carried = error.metadata?.get('hookbench-error-bin')[0];
  if (carried === undefined) {
    const said = error.details || error.message;
    const explained = explainTls(said);
    return new BenchError('controller-gone', `the controller can't be reached: ${said}`, {
      nextStep: explained === '' ? 'look whether it runs, and at its log' : explained,
      cause: error,
    });
  }
  const { code, nextStep, detail } = JSON.parse(carried.toString()) as {
    code: string;
    nextStep: string;
    detail: string;
  };
  const known = FAILURE_CODES.find((candidate) => candidate === code) ?? 'internal';
  return new BenchError(known, error.details, { nextStep, detail, cause: error });
}
