import { type GovernanceOptions, openGovernance } from './governance.ts';
import { say, sayJson } from './say.ts';

/** `countersign retry`: runs an execution again that a fault broke off. Asking again names the same new execution. */
export async function retry(
  executionId: string,
  options: GovernanceOptions & { readonly json?: boolean },
): Promise<void> {
  const governance = await openGovernance(options);
  const rerunAs = await governance.retry(executionId);
  if (options.json === true) return sayJson({ executionId, rerunAs });
  say(`${executionId} runs again as ${rerunAs}.`);
}
