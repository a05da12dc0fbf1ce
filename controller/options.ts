/** The controller's options: read, checked and resolved once, before anything is done. */

import { parseArgs } from 'node:util';
import { BenchError, EXIT_HELP, OPS_OPTIONS, type OpsChoice, opsChoice, opsHelp } from '#proto';

export const HELP = `hookbench controller: plans studies, stores what the agents measure, analyses it.

  hookbench controller --tls-dir DIR [--listen HOST:PORT] [--results DIR]
  hookbench controller --token-file FILE          on loopback, for this user only

Options
  --listen HOST:PORT       where agents and the CLI connect (default 127.0.0.1:7461; port 0 takes a free one)
  --tls-dir DIR            folder with tls.crt, tls.key and ca.crt: who connects must show a certificate of that CA.
                           Needed for anything but loopback; read again when the files change
  --token-file FILE        file with the secret that agents and the CLI must show, readable by its owner only
  --results DIR            where studies are stored, for this controller alone (default with --tls-dir: results; else each
                           request names its folder)
  --web HOST:PORT          also show what is going on, and stored studies, to browsers; admitted by --token-file or --tls-dir
  --web-control            with --web: let the page start, queue and stop studies
${opsHelp(9461)}  --end-with-stdin         end when standard input ends

${EXIT_HELP}
Examples
  hookbench certs init --ca ca
  hookbench certs issue controller --ca ca --out controller-tls --host bench.example.org,10.0.0.5
  hookbench controller --listen 0.0.0.0:7461 --tls-dir controller-tls --ops :9461
  hookbench controller --listen 127.0.0.1:7461 --token-file ./token --web 127.0.0.1:7462
`;

const DEFAULT_RESULTS = 'results';

export interface ControllerChoice extends OpsChoice {
  readonly help: boolean;
  readonly listen: string;
  readonly tlsDir: string | undefined;
  readonly tokenFile: string | undefined;
  /** its own folder for studies; null where each request names one */
  readonly results: string | null;
  /** where the page looks for studies */
  readonly webResults: string;
  readonly web: string | null;
  readonly webControl: boolean;
  readonly endWithStdin: boolean;
}

/** @throws BenchError usage */
export function readOptions(args?: readonly string[]): ControllerChoice {
  const values = parsed(args);
  return {
    ...opsChoice(values),
    help: values.help,
    listen: values.listen,
    tlsDir: values['tls-dir'],
    tokenFile: values['token-file'],
    results: values.results ?? (values['tls-dir'] === undefined ? null : DEFAULT_RESULTS),
    webResults: values.results ?? DEFAULT_RESULTS,
    web: values.web ?? null,
    webControl: values['web-control'],
    endWithStdin: values['end-with-stdin'],
  };
}

function parsed(args: readonly string[] | undefined) {
  try {
    return parseArgs({
      ...(args !== undefined && { args: [...args] }),
      options: {
        ...OPS_OPTIONS,
        listen: { type: 'string', default: '127.0.0.1:7461' },
        'token-file': { type: 'string' },
        'tls-dir': { type: 'string' },
        results: { type: 'string' },
        web: { type: 'string' },
        'web-control': { type: 'boolean', default: false },
        'end-with-stdin': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    const nextStep = 'hookbench controller --help shows the options';
    throw new BenchError('usage', (cause as Error).message, { nextStep, cause });
  }
}
