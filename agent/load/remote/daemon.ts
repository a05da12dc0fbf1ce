/** An agent with the role of a load generator alone (`--roles load`): it measures nothing and needs no rights. It tells the controller where it
 * is found, and starts load generators for the agents that the controller sends there. */

import { existsSync, mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import {
  BenchError,
  channelCredentials,
  EXIT,
  formatFailure,
  type Hello,
  type LoadOffer,
  type Log,
  onSignals,
  PROTOCOL_VERSION,
  type TlsFolder,
  VERSION,
} from '#proto';
import { PATHS } from '../../config.ts';
import type { Pinning } from '../../host/cores.ts';
import { hostFacts } from '../../host/facts.ts';
import { defaultJournalDir } from '../../host/undo.ts';
import { meshProxies } from '../../observe/path.ts';
import { placedEnd } from '../../observe/placement.ts';
import { routeTo } from '../../observe/route.ts';
import { spawnChild } from '../../process/child.ts';
import { Uplink } from '../../uplink/stream.ts';
import { nativeCommand } from '../command.ts';
import type { ChildPort } from '../port.ts';
import { type LoadService, serveLoad } from './serve.ts';
import type { Sight } from './sight.ts';

const ADDRESS = /^(.*):(\d{1,5})$/;
const ANYWHERE = ['0.0.0.0', '[::]', '::'];
/** it sends no records */
const SPOOL_BYTES = 1024 * 1024;

export interface LoadServiceOptions {
  /** HOST:PORT */
  readonly listen: string;
  /** IPv4 address that other nodes reach it at; null takes the downward API's, or the one it listens on */
  readonly address: string | null;
  readonly controller: string;
  readonly folder: TlsFolder;
  readonly runId: string;
  readonly pinning: Pinning;
  readonly log: Log;
}

/** @returns the exit code, when it was told to end or the controller refused it. @throws BenchError usage | unsupported | port-taken */
export async function runLoadService(o: LoadServiceOptions): Promise<number> {
  const [, host = '', port = ''] = ADDRESS.exec(o.listen) ?? [];
  if (host === '' || Number(port) > 65_535) throw new BenchError('usage', `--listen ${o.listen} is not HOST:PORT`);
  const reached = addressOf(o.address, host);
  if (!existsSync(PATHS.loadGenerator))
    throw new BenchError('unsupported', 'build/hookbench-load is not there', { nextStep: 'make -C agent/load/native' });
  const [command] = nativeCommand(PATHS.loadGenerator, o.pinning.load);
  const start = () => spawnChild(command!.file, command!.args, {});
  const service = await serveLoad({ host, port: Number(port), folder: o.folder, log: o.log.info, start, look });
  const offer = { address: `${reached}:${service.port}`, network: networkOf() };
  o.log.info(`lending a load generator to other agents (${o.pinning.text})`, { loadPort: service.port, ...offer });
  return offered(offer, service, o);
}

/** Stays in the controller's list until it is told to end. */
async function offered(offer: LoadOffer, service: LoadService, o: LoadServiceOptions): Promise<number> {
  const stateDir = defaultJournalDir();
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const credentials = await channelCredentials(o.controller, o.folder);
  const hello = await helloOf(offer, o);
  const code = await new Promise<number>((resolve) => {
    const uplink = new Uplink({
      ...{ controller: o.controller, credentials, hello },
      spoolPath: join(stateDir, `spool-${process.pid}-${o.runId}`),
      spoolLimitBytes: SPOOL_BYTES,
      handlers: {
        assignment: ({ assignmentId }) => o.log.warn(`${assignmentId} was sent here: this agent measures nothing`),
        cancel: () => undefined,
        broken: (reason) => o.log.info(`no stream to ${o.controller} (${reason}); trying again`),
        refused: (error) => end(EXIT.failed, formatFailure(error)),
      },
    });
    const end = (code: number, why: string) => {
      o.log.info(`ending: ${why}`);
      uplink.close();
      resolve(code);
    };
    onSignals({ log: o.log, stop: (why) => end(EXIT.done, why) });
    uplink.connect();
  });
  await service.close();
  return code;
}

async function helloOf(loadOffer: LoadOffer, { folder, pinning, runId }: LoadServiceOptions): Promise<Hello> {
  return {
    protocol: PROTOCOL_VERSION,
    agentId: folder.material.identity.name,
    runId,
    version: VERSION,
    host: await hostFacts({ load: 'hookbench-load (C, paused busy-poll)', pinning }),
    ...{ mechanisms: [], suts: [], conditions: [], token: '', ackedSequence: 0, loadOffer },
  };
}

/** @throws BenchError usage */
function addressOf(asked: string | null, listening: string): string {
  const told = asked ?? process.env.HOOKBENCH_POD_IPV4 ?? '';
  const address = told !== '' ? told : ANYWHERE.includes(listening) ? '' : listening;
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return address;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const known = own.filter(({ family, internal }) => family === 'IPv4' && !internal).map((one) => one.address);
  throw new BenchError('usage', 'other nodes must be told an IPv4 address of this one: --address', {
    nextStep: `this node has ${known.join(', ') || 'none but loopback'}`,
  });
}

/** a pod with a network of its own says so by its marker; whatever else there is has its node's */
function networkOf(): string {
  return process.env.HOOKBENCH_SUT === 'pod' ? 'pod' : 'host';
}

async function look({ pid }: ChildPort, ipv4: string): Promise<Sight> {
  const { route, device, deviceKind, missing } = await routeTo(ipv4);
  return {
    end: placedEnd(pid),
    way: { route, device, deviceKind, missing: [...missing] },
    meshProxies: meshProxies(pid),
  };
}
