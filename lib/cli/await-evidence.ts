import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { CountersignApi } from './api/countersign-api.ts';
import { SIGNED_WITHIN_MS } from './await-outcome.ts';

const LOOK_EVERY_MS = 500;

/** As much of a packet as says whether its execution has ended, and the statement about that is signed. */
const ending = z.looseObject({
  record: z.looseObject({ outcome: z.string().optional(), statement: z.unknown().optional() }),
});

/** Whether a packet is that of an execution that has ended, and lacks the statement about its end. */
function lacksStatement(packet: unknown): boolean {
  const { data } = ending.safeParse(packet);
  return data?.record.outcome !== undefined && data.record.statement === undefined;
}

/**
 * The evidence packet of an execution. The outcome shows a moment before the statement about it is signed: a packet that lacks
 * the statement is asked for again, for 10 s at most.
 * @param tell hears when the packet is handed out without its statement.
 * @throws what the API's call throws.
 */
export async function awaitEvidence(
  api: Pick<CountersignApi, 'evidence'>,
  id: string,
  tell: (line: string) => void,
  {
    sleep = delay,
    now = () => performance.now(),
  }: { sleep?: (ms: number) => Promise<unknown>; now?: () => number } = {},
): Promise<unknown> {
  const end = now() + SIGNED_WITHIN_MS;
  for (;;) {
    const packet = await api.evidence(id);
    if (!lacksStatement(packet)) return packet;
    if (now() >= end) {
      tell('The statement about its end is not signed yet, so the packet is incomplete. Ask again in some minutes.');
      return packet;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
