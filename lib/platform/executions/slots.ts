import { Conflict } from '../../core/errors.ts';
import { addSeconds, type Instant, secondsUntil } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { findExecution } from './execution-store.ts';

/** Longer than Preflight, Execute and Verify take with every retry, without pods; a lease that a crash left behind ends by itself. */
const LEASE_SECONDS = 900;
/** A caller who found every slot taken may come again this soon: computing takes seconds, not the whole lease. */
const RETRY_AFTER_SECONDS = 5;

interface Slot {
  readonly pk: string;
  readonly sk: string;
  readonly version: number;
  /** Who computes here; absent once it is released. */
  readonly executionId?: string;
  readonly expiresAt: Instant;
}

/** A slot was leased, or all were taken. */
export type Lease = { readonly leased: true } | { readonly leased: false; readonly retryAfterSeconds: number };

const slotKey = (skill: string, number: number) => ({
  pk: `SLOT#${skill}`,
  sk: String(number).padStart(3, '0'),
});

async function readSlots(runtime: Runtime, skill: string): Promise<readonly Slot[]> {
  return runtime.table.queryAll<Slot>({ pk: `SLOT#${skill}` });
}

async function take(runtime: Runtime, slot: Slot | undefined, next: Omit<Slot, 'version'>): Promise<boolean> {
  try {
    if (slot === undefined) await runtime.table.putNew({ ...next, version: 1 });
    else await runtime.table.putVersion({ ...next, version: slot.version + 1 }, slot.version);
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

/**
 * Leases one of the skill's computing slots for an execution; the same execution keeps the slot that it has. Waiting for
 * people takes no slot.
 */
export async function leaseSlot(runtime: Runtime, skill: AnySkill, executionId: string): Promise<Lease> {
  const now = runtime.clock.now();
  const slots = await readSlots(runtime, skill.name);
  if (slots.some((slot) => slot.executionId === executionId && slot.expiresAt > now)) return { leased: true };
  for (let number = 1; number <= skill.budget.computingExecutions; number += 1) {
    const key = slotKey(skill.name, number);
    const slot = slots.find(({ sk }) => sk === key.sk);
    if (slot?.executionId !== undefined && slot.expiresAt > now) continue;
    const lease = { ...key, executionId, expiresAt: addSeconds(now, LEASE_SECONDS) };
    if (await take(runtime, slot, lease)) return { leased: true };
    // Whoever was faster may have come with the same request.
    const holder = await runtime.table.get<Slot>(key);
    if (holder?.executionId === executionId) return { leased: true };
  }
  const soonest = Math.min(...slots.map(({ expiresAt }) => secondsUntil(now, expiresAt)), RETRY_AFTER_SECONDS);
  return { leased: false, retryAfterSeconds: Math.max(1, soonest) };
}

/**
 * Keeps an execution's slot for longer than the lease alone, because it has pods solved. One whose lease ran out before has no slot
 * any more, and goes on without.
 * @param seconds that it may take until it computes again.
 */
export async function extendLease(
  runtime: Runtime,
  skill: string,
  executionId: string,
  seconds: number,
): Promise<void> {
  const expiresAt = addSeconds(runtime.clock.now(), LEASE_SECONDS + seconds);
  // A lost race means that the lease had expired and the slot is somebody else's now.
  for (const slot of await readSlots(runtime, skill))
    if (slot.executionId === executionId && slot.expiresAt < expiresAt)
      await take(runtime, slot, { ...slot, expiresAt });
}

/** Gives back the slot of an execution that no longer computes; without one, nothing happens. */
export async function releaseSlot(runtime: Runtime, skill: string, executionId: string): Promise<void> {
  for (const slot of await readSlots(runtime, skill)) {
    if (slot.executionId !== executionId) continue;
    const { executionId: _, ...free } = slot;
    // A lost race means that the lease had expired and the slot is somebody else's now.
    await take(runtime, slot, free);
  }
}

/** Whether whoever holds a slot computes no more: its lease ran out, or its execution has ended. */
async function isLeftBehind(runtime: Runtime, { executionId, expiresAt }: Slot, at: Instant): Promise<boolean> {
  if (executionId === undefined) return false;
  if (expiresAt <= at) return true;
  return (await findExecution(runtime, executionId))?.outcome !== undefined;
}

/**
 * Frees the slots that a crash left taken. Leasing looks past an expired lease by itself; this also frees those of executions
 * that have ended, and shows how many there were.
 * @returns how many slots came free.
 */
export async function reapSlots(runtime: Runtime, at: Instant): Promise<number> {
  let reaped = 0;
  for (const { name } of runtime.skills)
    for (const slot of await readSlots(runtime, name)) {
      if (!(await isLeftBehind(runtime, slot, at))) continue;
      const { executionId: _, ...free } = slot;
      if (await take(runtime, slot, free)) reaped += 1;
    }
  return reaped;
}
