/** The only public door of the contract. */

export { agentIdOf } from './agent-id.ts';
export { BLOCK_ERRNOS, type BlockErrno, DEFAULT_BLOCK_ERRNO, isBlockErrno } from './block-errno.ts';
export { contract, decode, encode } from './codec.ts';
export * from './control.ts';
export { asBenchError, BenchError, exitCodeOf, FAILURE_CODES, type FailureCode, formatFailure } from './errors.ts';
export * from './measurement.ts';
export type { MessageTypes } from './messages.ts';
export * from './model.ts';
export * from './observation.ts';
export { type Ops, openOps } from './ops/listener.ts';
export { type Facts, LOG_FORMATS, LOG_LEVELS, type Log, logOptions, openLog } from './ops/log.ts';
export type { Metric } from './ops/metric.ts';
export { metricsText } from './ops/metrics.ts';
export { OPS_OPTIONS, type OpsChoice, opsChoice, opsHelp } from './ops/options.ts';
export { EXIT, EXIT_HELP, onSignals } from './ops/signals.ts';
export { HOPS, RECORD_KINDS, Tally } from './ops/tally.ts';
export { logWholeProcess } from './ops/whole-process.ts';
export * from './security/capabilities.ts';
export { channelCredentials, isLoopback } from './security/credentials.ts';
export { explainTls } from './security/explain.ts';
export * from './security/identity.ts';
export { MAKE_TOKEN, readTokenFile } from './security/secret-file.ts';
export { TlsFolder } from './security/tls-folder.ts';
export { certificatesIn, readTlsFolder, type TlsMaterial } from './security/tls-material.ts';
export { AGENT_STREAM, CHANNEL_OPTIONS, CONTROL } from './services.ts';
export { bytesOf, NO_KEYWORD_INDEX, u32Column, u64Column } from './units.ts';
export { VERSION } from './version.ts';
