/** hookbench certs: the CA of a bench and the certificates of its controller, agents and users. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { BenchError, identityUri, ROLES, type Role, readTlsFolder, tellIdentity } from '#proto';
import { listOption, wholeNumber } from './options.ts';

const LONGEST_DAYS = 36_500;
/** agents, users: a stolen one is of use no longer than this */
const DEFAULT_DAYS = 90;
const DEFAULT_CA_DAYS = 3650;

export function certsCommand(): Command {
  const certs = new Command('certs').description('certificates of the controller, the agents and the users of a bench');
  certs.addHelpText(
    'after',
    `
Examples
  hookbench certs init --ca ca                                      keep ca/ca.key where no one else gets at it
  hookbench certs issue controller --ca ca --out controller-tls --host bench.example.org,10.0.0.5
  hookbench certs issue agent node-1 --ca ca --out node-1-tls       the name is checked against what the agent claims
  hookbench certs issue cli alice --ca ca --out alice-tls
  hookbench certs rotate node-1-tls --ca ca                         running processes take it by themselves
  hookbench certs rotate --ca ca                                    a new CA beside the one before it
  hookbench certs show node-1-tls

Secrets of cert-manager have the same three files (tls.crt, tls.key, ca.crt): give the certificate the URI
hookbench://agent/NODE, hookbench://cli/NAME or hookbench://controller, and the usage "client auth", for the controller "server auth".
Mount such a Secret with defaultMode 0400: one whose key everyone can read is refused.`,
  );
  return certs.addCommand(init()).addCommand(issue()).addCommand(rotate()).addCommand(show());
}

function init(): Command {
  return new Command('init')
    .description('make a CA')
    .requiredOption('--ca <dir>', 'folder of the CA')
    .option('--days <n>', 'how long it is valid', wholeNumber('--days', 1, LONGEST_DAYS), DEFAULT_CA_DAYS)
    .option('--name <name>', 'its common name', 'hookbench CA')
    .action(async (o: { ca: string; days: number; name: string }) => {
      await (await folder()).initAuthority(o.ca, { days: o.days, name: plainName(o.name) });
      process.stdout.write(`CA      ${join(o.ca, 'ca.crt')}\nkey     ${join(o.ca, 'ca.key')} (keep it secret)\n`);
    });
}

function issue(): Command {
  return new Command('issue')
    .description('make a certificate for a controller, an agent or a user of the command line')
    .argument('<role>', ROLES.join(', '))
    .argument('[name]', 'node of the agent, or name of the user')
    .requiredOption('--ca <dir>', 'folder of the CA')
    .requiredOption('--out <dir>', 'folder to make, with tls.crt, tls.key and ca.crt')
    .option('--host <names>', 'names and addresses under which a controller is dialled', listOption('--host'))
    .option('--days <n>', 'how long it is valid', wholeNumber('--days', 1, LONGEST_DAYS), DEFAULT_DAYS)
    .action(
      async (role: string, name: string | undefined, o: { ca: string; out: string; host?: string[]; days: number }) => {
        const identity = { role: roleOf(role), name: role === 'controller' ? '' : (name ?? '') };
        identityUri(identity);
        if (role === 'controller' && (o.host === undefined || name !== undefined))
          throw new BenchError('usage', 'a controller has no name, and needs --host', {
            nextStep: 'give every name and address that agents and users dial: --host bench.example.org,10.0.0.5',
          });
        if (role !== 'controller' && o.host !== undefined)
          throw new BenchError('usage', `no one dials ${role === 'agent' ? 'an' : 'a'} ${role}: leave --host out`);
        await (await folder()).issueInto(o.out, { ca: o.ca, identity, hosts: o.host ?? [], days: o.days });
        process.stdout.write(tell(o.out));
      },
    );
}

function rotate(): Command {
  return new Command('rotate')
    .description('a new key and certificate for the same name; without a folder, a new CA beside the one before it')
    .argument('[dir]', 'folder with tls.crt, tls.key and ca.crt')
    .requiredOption('--ca <dir>', 'folder of the CA')
    .option('--days <n>', 'how long it is valid', wholeNumber('--days', 1, LONGEST_DAYS))
    .action(async (dir: string | undefined, o: { ca: string; days?: number }) => {
      const files = await folder();
      if (dir === undefined) {
        await files.rotateAuthority(o.ca, { days: o.days ?? DEFAULT_CA_DAYS, name: 'hookbench CA' });
        process.stdout.write(
          `new CA  ${join(o.ca, 'ca.crt')} (the ones before it are trusted too, until they expire)\nnext    hookbench certs rotate DIR --ca ${o.ca}, for every folder: first the new ca.crt must be everywhere\n`,
        );
        return;
      }
      await files.rotate(dir, { ca: o.ca, days: o.days ?? DEFAULT_DAYS });
      process.stdout.write(tell(dir));
    });
}

function show(): Command {
  return new Command('show')
    .description('what a folder holds; exit code 2 when it can not be used')
    .argument('<dir>', 'folder with tls.crt, tls.key and ca.crt')
    .option('--json', 'as JSON')
    .action((dir: string, o: { json?: boolean }) => {
      process.stdout.write(o.json === true ? `${JSON.stringify(factsOf(dir), null, 2)}\n` : tell(dir));
    });
}

/** loaded when it is needed: its library is large */
function folder() {
  return import('../security/authority-folder.ts');
}

function factsOf(dir: string) {
  const { identity, notAfter, fingerprint } = readTlsFolder(dir, null);
  const { subjectAltName, issuer, validFrom } = new X509Certificate(readFileSync(join(dir, 'tls.crt')));
  const daysLeft = Math.floor((notAfter.getTime() - Date.now()) / 86_400_000);
  return {
    ...identity,
    names: subjectAltName ?? '',
    issuer,
    validFrom,
    notAfter: notAfter.toISOString(),
    daysLeft,
    fingerprint,
  };
}

function tell(dir: string): string {
  const facts = factsOf(dir);
  return [
    `of      ${tellIdentity(facts)} (${dir})`,
    `names   ${facts.names}`,
    `issuer  ${facts.issuer.replaceAll('\n', ', ')}`,
    `until   ${facts.notAfter} (${facts.daysLeft} days)`,
    `sha256  ${facts.fingerprint}`,
    '',
  ].join('\n');
}

function roleOf(text: string): Role {
  const found = ROLES.find((role) => role === text);
  if (found !== undefined) return found;
  throw new BenchError('usage', `unknown role "${text}"; known: ${ROLES.join(', ')}`);
}

function plainName(text: string): string {
  if (/^[A-Za-z0-9 ._-]{1,64}$/.test(text)) return text;
  throw new BenchError('usage', `--name ${text}: up to 64 letters, digits, blanks, dots, dashes and underscores`);
}
