import { type ExecutionListItem, ListExecutionsCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import type { Json } from '../../../../lib/core/json.ts';
import type { Harness } from './harness.ts';

/** The map runs of an execution, the latest first. */
export async function mapRunsOf({ client }: Pick<Harness, 'client'>, executionArn: string) {
  return (await client.send(new ListMapRunsCommand({ executionArn }))).mapRuns ?? [];
}

/** The children of the latest map run of an execution. */
export async function childrenOf(
  harness: Pick<Harness, 'client'>,
  executionArn: string,
): Promise<readonly ExecutionListItem[]> {
  const [run] = await mapRunsOf(harness, executionArn);
  const listed = await harness.client.send(new ListExecutionsCommand({ mapRunArn: run?.mapRunArn }));
  return listed.executions ?? [];
}

/** Holds each call of a function back, under the text it was called with, until a test lets it go on. */
export function openGates() {
  const held = new Map<string, { readonly resolve: (answer: Json) => void; readonly reject: (error: Error) => void }>();
  /** Some turns of the event loop: enough for every step that does not wait for a function. */
  const settled = async () => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const take = async (name: string) => {
    await settled();
    const gate = held.get(name);
    if (gate === undefined) throw new Error(`No call for ${name} is waiting.`);
    held.delete(name);
    return gate;
  };
  return {
    settled,
    waiting: () => [...held.keys()].sort(),
    pass: (payload: Json) =>
      new Promise<Json>((resolve, reject) => {
        held.set(String(payload), { resolve, reject });
      }),
    open: async (name: string, answer: Json) => (await take(name)).resolve(answer),
    fail: async (name: string, error: Error) => (await take(name)).reject(error),
  };
}
