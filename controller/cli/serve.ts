/** hookbench serve DIR: the page over stored studies. */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { BenchError, readTokenFile, TlsFolder } from '#proto';

interface ServeOptions {
  listen: string;
  tokenFile?: string;
  tlsDir?: string;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('show stored studies in a browser: list, reports, two side by side')
    .argument('[dir]', 'folder of study folders', 'results')
    .option('--listen <address>', 'HOST:PORT to listen on; port 0 takes a free one', '127.0.0.1:7462')
    .option(
      '--token-file <file>',
      'on loopback: file with a secret that lets a browser in, besides the links printed here',
    )
    .option(
      '--tls-dir <dir>',
      'folder with tls.crt, tls.key and ca.crt of a controller: browsers show a certificate of role cli',
    )
    .addHelpText(
      'after',
      `
The page of a running study is on its controller: hookbench controller --web HOST:PORT …

Examples
  hookbench serve                                               results/, on http://127.0.0.1:7462
  hookbench serve /srv/studies --listen 127.0.0.1:0
  hookbench serve /srv/studies --listen 0.0.0.0:7462 --tls-dir controller-tls`,
    )
    .action(serve);
}

async function serve(dir: string, o: ServeOptions): Promise<void> {
  const resultsDir = resolve(dir);
  if (!existsSync(resultsDir) || !statSync(resultsDir).isDirectory())
    throw new BenchError('usage', `${dir} is no folder`, {
      nextStep: 'name the folder that holds the studies, e.g. results',
    });
  const log = (line: string) => process.stderr.write(`hookbench: ${line}\n`);
  // the other commands' help must not wait for it
  const { openWeb } = await import('../web/server.ts');
  const { HOW_LONG, linkOnSignal } = await import('../web/link-signal.ts');
  const web = await openWeb({
    listen: o.listen,
    option: '--listen',
    resultsDir,
    token: o.tokenFile === undefined ? '' : readTokenFile(o.tokenFile),
    folder: o.tlsDir === undefined ? null : new TlsFolder({ dir: o.tlsDir, role: 'controller', log }),
    ...{ live: null, control: null, log },
    onLink: (url) => process.stdout.write(`open ${url}   (lets one browser in ${HOW_LONG})\n`),
  });
  linkOnSignal(web);
  process.stdout.write(`serving ${dir} on ${web.url}; Ctrl-C ends it\n`);
  await new Promise((end) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, end);
  });
  web.close();
  process.exit(0);
}
