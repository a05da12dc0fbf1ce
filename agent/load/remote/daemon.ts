/** An agent with the role of a load generator alone (`--roles load`): it measures nothing, dials no controller and needs no rights. */

import { existsSync } from 'node:fs';
import { BenchError, EXIT, type Log, onSignals, type TlsFolder } from '#proto';
import { PATHS } from '../../config.ts';
import type { Pinning } from '../../host/cores.ts';
import { spawnChild } from '../../process/child.ts';
import { nativeCommand } from '../command.ts';
import { serveLoad } from './serve.ts';

const ADDRESS = /^(.*):(\d{1,5})$/;

/** @param o.listen HOST:PORT @returns the exit code, when it was told to end. @throws BenchError usage | unsupported | port-taken */
export async function runLoadService(o: {
  listen: string;
  folder: TlsFolder;
  pinning: Pinning;
  log: Log;
}): Promise<number> {
  const [, host = '', port = ''] = ADDRESS.exec(o.listen) ?? [];
  if (host === '' || Number(port) > 65_535) throw new BenchError('usage', `--listen ${o.listen} is not HOST:PORT`);
  if (!existsSync(PATHS.loadGenerator))
    throw new BenchError('unsupported', 'build/hookbench-load is not there', { nextStep: 'make -C agent/load/native' });
  const [command] = nativeCommand(PATHS.loadGenerator, o.pinning.load);
  const start = () => spawnChild(command!.file, command!.args, {});
  const service = await serveLoad({ host, port: Number(port), folder: o.folder, log: o.log.info, start });
  o.log.info(`lending a load generator to other agents (${o.pinning.text})`, { loadPort: service.port });
  await new Promise<void>((resolve) => onSignals({ log: o.log, stop: () => resolve() }));
  await service.close();
  return EXIT.done;
}
