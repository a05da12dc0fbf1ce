/** hookbench controller and hookbench agent: the two daemons, run in the foreground. */

import { Command } from 'commander';
import { type DaemonName, runInForeground } from './process.ts';

export function controllerCommand(): Command {
  return daemon('controller', 'run the controller daemon (hookbench controller --help)');
}

export function agentCommand(): Command {
  return daemon('agent', 'run the agent daemon of a node (hookbench agent --help)');
}

function daemon(name: DaemonName, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async (args: string[]) => {
      process.exitCode = await runInForeground(name, args);
    });
}
