import { epochMilliseconds } from '../../../lib/core/instant.ts';
import type { ApiClient } from '../../../lib/local/api-client.ts';
import { requesterOf, requestOf, SKILL } from './example-requests.ts';

/** Posts an example's request and waits until people are asked. */
export async function startWaiting(api: ApiClient, number: string): Promise<string> {
  const executionId = await api.start(SKILL, requesterOf(number), requestOf(number));
  await untilWaiting(api, executionId);
  return executionId;
}

/** Waits until an execution asks people, in a given stage. */
export function untilWaiting(api: ApiClient, executionId: string, stage = 1) {
  return api.until(
    executionId,
    ({ status, waitingFor }) => status === 'waiting' && waitingFor?.stage === stage,
    `waiting in stage ${stage}`,
  );
}

/** Waits until an execution has ended. */
export function untilEnded(api: ApiClient, executionId: string) {
  return api.until(executionId, ({ outputs, outcome }) => outputs !== undefined && outcome !== undefined, 'ended');
}

/** Skips time until a minute after an instant. */
export async function skipBeyond(api: ApiClient, instant: string): Promise<void> {
  const seconds = Math.ceil((epochMilliseconds(instant) - epochMilliseconds(await api.now())) / 1000);
  await api.skipTime(Math.max(seconds, 0) + 60);
}
