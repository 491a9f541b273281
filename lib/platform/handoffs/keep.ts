import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import { documentOf } from './handoff.ts';
import { findHandoff } from './handoff-store.ts';

/**
 * Keeps the handoff of an execution that ends as an artifact.
 * @returns what the record refers to it by; nothing where the execution never came to offer one.
 */
export async function keepHandoff(runtime: Runtime, executionId: string): Promise<Pick<ExecutionRecord, 'handoff'>> {
  const handoff = await findHandoff(runtime, executionId);
  if (handoff === undefined) return {};
  const document = await runtime.artifacts.put(documentOf(handoff));
  const { artifacts, summary, transitions, end } = handoff;
  return { handoff: { document, artifacts: [...artifacts], state: end?.state ?? summary.state, transitions } };
}
