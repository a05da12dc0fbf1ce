/** Decides at the start who the SUTs and the load generator run as: a user without rights wherever that works. */

import { existsSync, readFileSync } from 'node:fs';
import { BenchError } from '#proto';
import { PATHS } from '../config.ts';
import { locatedProgram } from '../host/programs.ts';
import { runCommand } from '../process/child.ts';
import { SUTS } from '../suts/registry.ts';
import { lackingForRunAs } from './capabilities.ts';
import { asUser, type RunAs, tellUser } from './run-as.ts';

/** the account that an administrator may make for this */
const ACCOUNT = 'hookbench';
/** else a number that no account has: `nobody` is shared by many programs, which could then trace a SUT and write its ring */
const UNUSED = 64_137;
const MOST_ID = 2 ** 32 - 2;
const FIRST_UNREADABLE = 'for path; do test -r "$path" || { echo "$path"; exit 1; }; done';

/** what was decided, and in words for the log */
export interface RunAsChoice {
  readonly runAs: RunAs | null;
  readonly said: string;
}

/** @param text "UID:GID", a user's name, "self" for this process's own user, or undefined: a user without rights where that works
 * @throws BenchError usage for a user that there is not, or that can't be had; unsupported when it can't reach the programs */
export async function runAsChoice(text: string | undefined): Promise<RunAsChoice> {
  if (text === 'self') return { runAs: null, said: 'as told, SUTs run as the user of this agent' };
  const runAs = text === undefined ? (accountOf(ACCOUNT) ?? unusedUser()) : userOf(text);
  const problem = runAs === null ? `uid ${UNUSED} is someone's` : await problemOf(runAs);
  if (problem === null)
    return { runAs, said: `SUTs and the load generator run as ${tellUser(runAs!)}, without capabilities` };
  if (text === undefined) return { runAs: null, said: `SUTs run as the user of this agent: ${problem}` };
  throw new BenchError('unsupported', `SUTs can't run as ${text}: ${problem}`, {
    nextStep: 'name another user, make the installation readable by it, or give --run-as self',
  });
}

/** @returns why it would not work here; null when it does */
async function problemOf(runAs: RunAs): Promise<string | null> {
  if (process.geteuid?.() !== 0) return 'only root can choose';
  const missing = lackingForRunAs();
  if (missing.length > 0) return `this process has no ${missing.join(' and no ')}`;
  const args = [...asUser(runAs), '--no-new-privs', 'sh', '-c', FIRST_UNREADABLE, 'sh', ...usedPrograms()];
  const { exitCode, stdout, stderr } = await runCommand('setpriv', args);
  if (exitCode === 0) return null;
  return stdout === '' ? stderr.trim() : `${tellUser(runAs)} can't read ${stdout.trim()}`;
}

/** what it has to read or run, as this process would find it */
function usedPrograms(): string[] {
  const place = { ipv4: '127.0.0.1', port: 0, dir: '' };
  // a program that has to be asked for says for itself when it can't be run
  const commands = SUTS.filter((sut) => sut.byDefault).map((sut) => locatedProgram(sut.command(place).file));
  const files = [
    PATHS.preloadLibrary,
    PATHS.muslLibrary,
    PATHS.jvmtiAgent,
    PATHS.nodeAddon,
    PATHS.nodePreload,
    PATHS.notifyLauncher,
    PATHS.sudLibrary,
    PATHS.loadGenerator,
    PATHS.javaHello,
    PATHS.javaNio,
    PATHS.nodeHello,
    PATHS.readLoop,
  ];
  return [...new Set([...commands, ...files])].filter((path) => path !== null).filter(existsSync);
}

/** @throws BenchError usage */
function userOf(text: string): RunAs {
  const [, uid, gid] = /^(\d{1,10}):(\d{1,10})$/.exec(text) ?? [];
  const found = uid === undefined ? accountOf(text) : { uid: Number(uid), gid: Number(gid) };
  if (found === null)
    throw new BenchError('usage', `--run-as ${text}: there is no such user`, {
      nextStep: 'give UID:GID, the name of a user, or self',
    });
  if (found.uid === 0 || found.gid === 0 || found.uid > MOST_ID || found.gid > MOST_ID)
    throw new BenchError('usage', `--run-as ${text} is root, or no user at all`, {
      nextStep: 'give a user without rights, or self for the user of this agent',
    });
  return found;
}

function unusedUser(): RunAs | null {
  const isTaken = passwd().some(([, , uid, gid]) => Number(uid) === UNUSED || Number(gid) === UNUSED);
  return isTaken ? null : { uid: UNUSED, gid: UNUSED };
}

function accountOf(name: string): RunAs | null {
  const entry = passwd().find(([account]) => account === name);
  return entry === undefined ? null : { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function passwd(): string[][] {
  if (!existsSync('/etc/passwd')) return [];
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.map((line) => line.split(':')).filter((fields) => fields.length >= 4);
}
