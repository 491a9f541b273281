import { NotPossibleNow } from '../platform/api/errors.ts';
import { runAgain } from '../platform/api/retry.ts';
import { type EnvironmentOptions, openEnvironment, operator } from './environment.ts';

/** `countersign retry`: runs an execution again that a fault broke off. */
export async function retry(
  executionId: string,
  options: EnvironmentOptions & { readonly by?: string; readonly json?: boolean },
): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const result = await runAgain(runtime, executionId, operator(options.by));
  if (result.kind !== 'accepted') throw new NotPossibleNow(`It was not started: ${result.kind}.`);
  if (options.json === true) return console.log(JSON.stringify({ executionId, rerunAs: result.executionId }));
  console.log(`${executionId} runs again as ${result.executionId}${result.repeated ? ' (it did already)' : ''}.`);
}
