import { Command } from 'commander';
import { VERSION } from '../../platform/version.ts';
import { addConstraintsCommands } from './constraints-commands.ts';
import { addExecutionCommands } from './execution-commands.ts';
import { addGoverningCommands } from './governing-commands.ts';
import { addOfflineCommands } from './offline-commands.ts';
import { addScheduleCommand } from './schedule-commands.ts';

/** The whole command line. What a command does is loaded when it is called, so that help comes at once. */
export function createProgram(): Command {
  const program = new Command('countersign')
    .description('Business decisions, computed deterministically, approved by people, evidenced.')
    .version(VERSION)
    .showHelpAfterError()
    // Wrong usage is thrown as an error, so that one place decides how the process ends. Commands inherit it.
    .exitOverride();
  addExecutionCommands(program);
  addGoverningCommands(program);
  addConstraintsCommands(program);
  addScheduleCommand(program);
  addOfflineCommands(program);
  return program;
}
