import { CommanderError } from 'commander';
import { CountersignError, describeProblems } from '../core/errors.ts';
import { Refused } from './api/errors.ts';
import { awsFailure } from './aws-failure.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { plain } from './say.ts';

/** Errors after which the same command will work another time, or from another place. */
const UNAVAILABLE = new Set([
  'OutOfReach',
  'NotLetIn',
  'Throttled',
  'NotRunning',
  'WaitedTooLong',
  'FlagSourceUnavailable',
  'ArtifactsUnavailable',
  'NoSlot',
  'IntegrityError',
  'CorruptJournal',
  'ServiceFailed',
]);
/** Errors that are an answer: a rule, or the state of things, says no. */
const NO = new Set(['Erased', 'NotPossibleNow', 'NotPromotable', 'Forbidden', 'Conflict']);

function exitCodeOf(error: CountersignError): ExitCode {
  if (UNAVAILABLE.has(error.code)) return EXIT.unavailable;
  if (NO.has(error.code)) return EXIT.no;
  if (error instanceof Refused && [403, 409, 410].includes(error.status)) return EXIT.no;
  return EXIT.input;
}

/** What a person is told of something that was thrown, and how the command ends. */
export function failureOf(thrown: unknown): { readonly text: string; readonly exitCode: ExitCode } {
  // Commander has said what is wrong by then; it ends with 0 after --help and --version.
  if (thrown instanceof CommanderError) return { text: '', exitCode: thrown.exitCode === 0 ? EXIT.ok : EXIT.input };
  const error = thrown instanceof CountersignError ? thrown : (awsFailure(thrown, 'what this command does') ?? thrown);
  if (error instanceof CountersignError) {
    const untold = error.problems.filter(({ message }) => !error.message.includes(message));
    const lines = [`${error.code}: ${error.message}`, ...(untold.length > 0 ? [describeProblems(untold)] : [])];
    return { text: plain(lines.join('\n')), exitCode: exitCodeOf(error) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: plain(`Something failed that should not: ${text}`), exitCode: EXIT.unavailable };
}
