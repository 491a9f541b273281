import { createHmac } from 'node:crypto';
import { digestOf } from '../../core/digest.ts';
import type { Problem } from '../../core/errors.ts';
import { Conflict } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { NotPossibleNow } from '../api/errors.ts';
import { findExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { KnownHandoff, WorkName } from '../skill/handoff-protocol.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';
import type { HandoffFile } from './file.ts';
import { documentOf } from './handoff.ts';
import { findHandoff } from './handoff-store.ts';

/** A piece of work by one of its names, and the executions that have handed it over, oldest first: one aggregate, so that offers have an order. */
interface KnownWork {
  readonly version: number;
  readonly offers: readonly { readonly executionId: string; readonly at: Instant }[];
}

/** As many offers as are remembered: only those at the end count, and those that came to nothing. */
const REMEMBERED = 40;

const PEPPER: ItemKey = { pk: 'WORK-PEPPER', sk: 'PEPPER' };

/**
 * The key under which names out of payloads are hashed: drawn once, kept in the table and nowhere else. Without it nobody finds a
 * name by trying, and what an erasure leaves behind tells nothing.
 */
async function pepperOf(runtime: Pick<Runtime, 'table' | 'random'>): Promise<string> {
  const known = await runtime.table.get<{ readonly secret: string }>(PEPPER);
  if (known !== undefined) return known.secret;
  const secret = Buffer.from(runtime.random.bytes(32)).toString('base64url');
  try {
    await runtime.table.putNew({ ...PEPPER, secret });
    return secret;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return (await runtime.table.get<{ readonly secret: string }>(PEPPER))?.secret ?? secret;
  }
}

async function keyOf(runtime: Pick<Runtime, 'table' | 'random'>, { kind, value }: WorkName): Promise<ItemKey> {
  if (kind === 'thread') return { pk: `WORK#thread#${value}`, sk: 'WORK' };
  const hashed = createHmac('sha256', await pepperOf(runtime))
    .update(value)
    .digest('hex');
  return { pk: `WORK#subject#${hashed}`, sk: 'WORK' };
}

/**
 * The last handoff of a piece of work, past those that came to nothing: an execution that ended before it offered anything, or whose
 * handoff was rolled back for a fault, which is run again as if it had never been.
 */
async function lastOf(runtime: Runtime, { offers }: KnownWork): Promise<KnownHandoff | undefined> {
  for (const { executionId } of offers.toReversed()) {
    const [handoff, record] = await Promise.all([
      findHandoff(runtime, executionId),
      findExecution(runtime, executionId),
    ]);
    if (handoff === undefined && record?.outcome !== undefined) continue;
    if (handoff?.end?.outcome === 'rolled-back') continue;
    if (handoff === undefined) return { executionId };
    const document = documentOf(handoff);
    return { executionId, document, digest: record?.handoff?.document ?? digestOf(document) };
  }
  return undefined;
}

function refuse(problems: readonly Problem[]): never {
  throw new NotPossibleNow(problems[0]?.message ?? 'The work is known.', problems);
}

/**
 * Refuses a request early that hands over work which is under way, or begins work anew that is known by its thread. Offer decides
 * in the end, for all of the work's names.
 * @throws NotPossibleNow (`work-under-way`, `work-known`, `work-went-on`), with what to do instead.
 */
export async function checkWork(runtime: Runtime, { work }: Pick<AnySkill, 'work'>, input: unknown): Promise<void> {
  if (work === undefined) return;
  for (const name of work.names(input)) {
    const known = await runtime.table.get<KnownWork>(await keyOf(runtime, name));
    const last = known === undefined ? undefined : await lastOf(runtime, known);
    const problems = last === undefined ? [] : work.conflicts(input, name, last, runtime.clock.now());
    if (problems.length > 0) refuse(problems);
  }
}

/** Takes an execution out of a piece of work that it did not come to hand over. */
async function release(runtime: Runtime, key: ItemKey, executionId: string): Promise<void> {
  await changeAggregate<KnownWork>(runtime.table, key, (current) => ({
    ...current,
    offers: current.offers.filter((offer) => offer.executionId !== executionId),
  }));
}

/** @returns whether the work was free, and not claimed by an earlier run of the same step. */
async function claim(runtime: Runtime, file: HandoffFile, name: WorkName, key: ItemKey): Promise<boolean> {
  const { executionId } = file.record;
  let isNew = false;
  const at = runtime.clock.now();
  try {
    await runtime.table.putNew({ ...key, version: 1, offers: [] } satisfies Item);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  await changeAggregate<KnownWork>(runtime.table, key, async (current) => {
    isNew = !current.offers.some((offer) => offer.executionId === executionId);
    if (!isNew) return undefined;
    const last = await lastOf(runtime, current);
    const problems = last === undefined ? [] : (file.skill.work?.conflicts(file.case.input, name, last, at) ?? []);
    if (problems.length > 0) refuse(problems);
    return { ...current, offers: [...current.offers, { executionId, at }].slice(-REMEMBERED) };
  });
  return isNew;
}

/**
 * Offers work under all of its names, or under none: of many executions that hand over the same work at once, one does. Whoever has
 * claimed it may do so again.
 * @param offer what is done under the claim; where it throws, the claim is given back.
 * @throws NotPossibleNow where the work is under way, or would begin anew; what `offer` throws.
 */
export async function underClaim(runtime: Runtime, file: HandoffFile, offer: () => Promise<void>): Promise<void> {
  const names = file.skill.work?.names(file.case.input, file.case.configuration) ?? [];
  const claimed: ItemKey[] = [];
  try {
    for (const name of names) {
      const key = await keyOf(runtime, name);
      if (await claim(runtime, file, name, key)) claimed.push(key);
    }
    await offer();
  } catch (error) {
    // What a crash leaves claimed is free again once its execution has ended. Another run of this step may have offered meanwhile.
    const { executionId } = file.record;
    if ((await findHandoff(runtime, executionId)) === undefined)
      for (const key of claimed) await release(runtime, key, executionId);
    throw error;
  }
}
