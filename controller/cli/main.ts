/** The command line. One file per command; this one only knows their names. */

import { Command, CommanderError } from 'commander';
import { asBenchError, exitCodeOf, formatFailure, VERSION } from '#proto';

/** Only the command asked for is loaded: a small one must not pay for the libraries of the others. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  analyze: async () => (await import('./analyze.ts')).analyzeCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  compare: async () => (await import('./compare.ts')).compareCommand(),
  gate: async () => (await import('./gate.ts')).gateCommand(),
  studies: async () => (await import('./studies.ts')).studiesCommand(),
  fsck: async () => (await import('./fsck.ts')).fsckCommand(),
  certs: async () => (await import('./certs.ts')).certsCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  init: async () => (await import('./init.ts')).initCommand(),
  controller: async () => (await import('./daemons.ts')).controllerCommand(),
  agent: async () => (await import('./daemons.ts')).agentCommand(),
};

const program = new Command('hookbench')
  .description(
    'Measures what a hook on read() costs at each layer, on the same work, with an answer that can be trusted.',
  )
  .version(VERSION)
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples
  hookbench doctor                                          what this machine can measure
  hookbench run                                             the default study, under 3 minutes
  hookbench run --quick                                     under 60 seconds
  hookbench run --sut java-hello --requests 50000 --warmup 4000
  hookbench init study.yaml                                 a study file with every key explained
  hookbench run study.yaml --seed 7                         flags beside it win
  hookbench plan --detect 1us                               how large a study must be for that
  hookbench analyze results/STUDY-ID                        analyse a stored study again
  hookbench serve                                           stored studies in a browser
  hookbench analyze --baseline a.csv --treated b.csv        CSVs of response times measured elsewhere
  hookbench compare results/BEFORE results/AFTER            two versions of a hook, two kernels
  hookbench gate results/STUDY-ID --max 'ld-preload:client:p50<5us'

Exit codes: 0 done; 1 failed; 2 bad usage or input; 3 the machine lacks something (named); 4 interrupted, results so far kept`,
  );

const asked = COMMANDS[process.argv[2] ?? ''];
const commands = await Promise.all((asked ? [asked] : Object.values(COMMANDS)).map((load) => load()));
for (const command of commands) {
  program.addCommand(
    command.exitOverride().showHelpAfterError(`(hookbench ${command.name()} --help shows its options)`),
  );
}
const names = Object.keys(COMMANDS).join(', ');
program.showHelpAfterError(`(commands: ${names}; hookbench --help shows examples)`);

// `hookbench … | head`: who reads may end before us; the study and its files go on
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}

function fail(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = asBenchError(error);
  process.stderr.write(`hookbench: ${formatFailure(failure)}\n`);
  return exitCodeOf(failure.code);
}
