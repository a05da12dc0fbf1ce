/** The agent's options: read, checked and resolved once, before anything is done. */

import { parseArgs } from 'node:util';
import { BenchError, EXIT_HELP, OPS_OPTIONS, type OpsChoice, opsChoice, opsHelp } from '#proto';

export const HELP = `hookbench agent: runs on each node, privileged; measures what a controller assigns.

  hookbench agent --controller HOST:PORT --tls-dir DIR [--id NAME]
  hookbench agent --controller 127.0.0.1:PORT --token-file FILE
  hookbench agent --roles load --listen HOST:PORT --controller HOST:PORT --tls-dir DIR
  hookbench agent --probe                 print what this node can measure, as JSON

Options
  --controller HOST:PORT   controller to connect to
  --id NAME                name of this agent (default: the one in its certificate, or the host name)
  --tls-dir DIR            folder with tls.crt, tls.key and ca.crt of this agent; needed for a controller on another
                           host; read again when the files change
  --token-file FILE        file with the secret of a local controller, readable by its owner only
  --run-as USER            who SUTs and the load generator run as: UID:GID, a name, or self for the agent's own user
                           (default as root: the account hookbench or an unused uid, where that can read the programs)
  --roles load             measure nothing: lend this node's load generator to agents of other nodes (conditions nodes:*)
  --listen HOST:PORT       with --roles load: where it listens for these agents
  --address IPV4           with --roles load: where they reach it (default: HOOKBENCH_POD_IPV4, or the one it listens on)
  --hooks-dir DIR          folder with hooks of your own (NAME.so becomes mechanism own:NAME); it and what is in it must belong to
                           root or the agent's user and be writable by nobody else
  --spool-limit MIB        most disk the spool may take (default 1024)
${opsHelp(9462)}  --end-with-stdin         end when standard input ends

${EXIT_HELP}
Examples
  hookbench certs issue agent node-1 --ca ca --out node-1-tls
  hookbench agent --controller 10.0.0.5:7461 --tls-dir node-1-tls --ops :9462
  hookbench agent --controller 127.0.0.1:7461 --token-file ./token
`;

export interface AgentChoice extends OpsChoice {
  readonly help: boolean;
  readonly probe: boolean;
  readonly controller: string | null;
  readonly id: string | null;
  readonly tlsDir: string | null;
  readonly tokenFile: string | null;
  /** undefined: decided by what works here */
  readonly runAs: string | undefined;
  readonly hooksDir: string | null;
  /** where other agents get a load generator; null: this one measures */
  readonly lendLoadAt: string | null;
  /** with lendLoadAt: where these agents reach it */
  readonly address: string | null;
  readonly spoolLimitBytes: number;
  readonly endWithStdin: boolean;
}

/** @throws BenchError usage */
export function readOptions(args?: readonly string[]): AgentChoice {
  const values = parsed(args);
  const limitMib = Number(values['spool-limit']);
  if (!(limitMib >= 1))
    throw new BenchError('usage', `--spool-limit ${values['spool-limit']} is not a number of MiB from 1 up`);
  return {
    ...opsChoice(values),
    help: values.help,
    probe: values.probe,
    controller: values.controller ?? null,
    id: values.id ?? null,
    tlsDir: values['tls-dir'] ?? null,
    tokenFile: values['token-file'] ?? null,
    runAs: values['run-as'],
    hooksDir: values['hooks-dir'] ?? null,
    lendLoadAt: lendLoadAt(values),
    address: values.address ?? null,
    spoolLimitBytes: limitMib * 1024 * 1024,
    endWithStdin: values['end-with-stdin'],
  };
}

/** @throws BenchError usage for a role without what it needs, and the other way round */
function lendLoadAt({ roles, listen }: { roles?: string | undefined; listen?: string | undefined }): string | null {
  if (roles === undefined && listen === undefined) return null;
  if (roles === 'load' && listen !== undefined) return listen;
  throw new BenchError(
    'usage',
    '--roles load and --listen HOST:PORT belong together, and there is no other role to name',
  );
}

function parsed(args: readonly string[] | undefined) {
  try {
    return parseArgs({
      ...(args !== undefined && { args: [...args] }),
      options: {
        ...OPS_OPTIONS,
        controller: { type: 'string' },
        id: { type: 'string' },
        'tls-dir': { type: 'string' },
        'token-file': { type: 'string' },
        'run-as': { type: 'string' },
        'hooks-dir': { type: 'string' },
        roles: { type: 'string' },
        listen: { type: 'string' },
        address: { type: 'string' },
        'spool-limit': { type: 'string', default: '1024' },
        'end-with-stdin': { type: 'boolean', default: false },
        probe: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    const nextStep = 'hookbench agent --help shows the options';
    throw new BenchError('usage', (cause as Error).message, { nextStep, cause });
  }
}
