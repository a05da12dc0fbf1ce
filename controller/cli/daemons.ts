/** hookbench controller and hookbench agent: the two daemons, run in the foreground. */

import { Command } from 'commander';
import { AGENT_MAIN, CONTROLLER_MAIN, runInForeground } from './process.ts';

export function controllerCommand(): Command {
  return daemon('controller', CONTROLLER_MAIN, 'run the controller daemon (hookbench controller --help)');
}

export function agentCommand(): Command {
  return daemon('agent', AGENT_MAIN, 'run the agent daemon of a node (hookbench agent --help)');
}

function daemon(name: string, main: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async (args: string[]) => {
      process.exitCode = await runInForeground(main, args);
    });
}
