import { canonicalJson, type Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { changeExecution, readExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import { documentOf } from './handoff.ts';
import { changeHandoff, findHandoff } from './handoff-store.ts';

/** Takes out of a handoff's own item what people said in it. */
async function forgetTexts(
  runtime: Runtime,
  { skill: name, executionId }: ExecutionRecord,
  at: Instant,
): Promise<void> {
  const forget = runtime.skills.find((skill) => skill.name === name)?.handoff?.erase?.document;
  if (forget === undefined || (await findHandoff(runtime, executionId)) === undefined) return;
  await changeHandoff(runtime, executionId, (current) => {
    const document = canonicalJson(forget(documentOf(current)));
    return document === current.document && current.erasedAt !== undefined
      ? undefined
      : { ...current, document, erasedAt: current.erasedAt ?? at };
  });
}

/**
 * Carries out the erasures that an execution has on record and that are not done. Each step can be repeated, and nothing is called
 * done before the store holds nothing of it any more.
 * @throws ArtifactsUnavailable when something could not be deleted, NotFound when an artifact is gone without a record. What is
 * not done then stays owed.
 */
export async function finishErasures(runtime: Runtime, executionId: string): Promise<ExecutionRecord> {
  const record = await readExecution(runtime, executionId);
  const owed = (record.erasures ?? []).filter(({ done }) => !done);
  const done = new Set<Digest>();
  for (const { record: erasure, digests, at } of owed) {
    await forgetTexts(runtime, record, at);
    for (const digest of digests) await runtime.artifacts.erase(digest, erasure);
    done.add(erasure);
  }
  if (done.size === 0) return record;
  return changeExecution(runtime, executionId, (current) => ({
    ...current,
    erasures: (current.erasures ?? []).map((each) => (done.has(each.record) ? { ...each, done: true } : each)),
  }));
}
