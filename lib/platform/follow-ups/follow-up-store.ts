import { digestOf } from '../../core/digest.ts';
import { Conflict, NotFound } from '../../core/errors.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import type { FollowUp } from '../contracts/follow-up.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import type { Item, ItemKey } from '../store/table.ts';

/** A follow-up as an aggregate. */
type Stored = FollowUp & { readonly version: number };

const keyOf = (followUpId: string): ItemKey => ({ pk: `FOLLOW-UP#${followUpId}`, sk: 'FOLLOW-UP' });

const itemOf = (followUp: Stored): Item => ({
  ...followUp,
  ...keyOf(followUp.followUpId),
  gsi1pk: `FOLLOW-UPS#${followUp.skill}`,
  gsi1sk: `${followUp.due}#${followUp.followUpId}`,
});

function followUpOf(item: Stored & Partial<ItemKey>): FollowUp {
  const { pk: _pk, sk: _sk, version: _version, ...rest } = item;
  const { gsi1pk: _1pk, gsi1sk: _1sk, ...followUp } = rest as FollowUp & { gsi1pk?: string; gsi1sk?: string };
  return followUp;
}

/** The id of the follow-up of an execution or an incident: each has one. */
export function followUpIdOf(about: string): string {
  return `fu-${digestOf(['follow-up', about]).slice('sha256:'.length, 'sha256:'.length + 26)}`;
}

/** What somebody is to follow up. */
export interface FollowUpOrder {
  /** The execution's or the incident's id. */
  readonly about: string;
  readonly skill: string;
  readonly title: string;
  readonly openedAt: Instant;
  readonly withinSeconds: number;
  readonly executionId?: string;
  readonly incidentId?: string;
}

/** Opens a follow-up for oversight. Opening it again, also when it is done by now, changes nothing. */
export async function openFollowUp(runtime: Pick<Runtime, 'table' | 'settings'>, order: FollowUpOrder): Promise<void> {
  const { about, withinSeconds, ...rest } = order;
  const followUp: Stored = {
    followUpId: followUpIdOf(about),
    version: 1,
    status: 'open',
    owner: runtime.settings.oversightAddress,
    due: addSeconds(order.openedAt, withinSeconds),
    ...rest,
  };
  try {
    await runtime.table.putNew(itemOf(followUp));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

/**
 * Marks a follow-up as done; one that is done already stays as it was done.
 * @throws NotFound when there is none of this id.
 */
export async function closeFollowUp(
  runtime: Pick<Runtime, 'table' | 'clock'>,
  followUpId: string,
  closing: { readonly by: string; readonly note: string },
): Promise<FollowUp> {
  const closedAt = runtime.clock.now();
  const closed = await changeAggregate<Stored>(runtime.table, keyOf(followUpId), (current) =>
    current.status === 'done'
      ? undefined
      : { ...current, status: 'done', closedAt, closedBy: closing.by, note: closing.note },
  );
  return followUpOf(closed);
}

/** Marks the follow-up of an execution or incident as done, if there is one. */
export async function closeFollowUpAbout(
  runtime: Pick<Runtime, 'table' | 'clock'>,
  about: string,
  closing: { readonly by: string; readonly note: string },
): Promise<void> {
  try {
    await closeFollowUp(runtime, followUpIdOf(about), closing);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}

/** The follow-ups of a skill, what is due first in front. @param limit at most so many */
export async function followUpsOf(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  filter: { readonly status?: FollowUp['status'] },
): Promise<readonly FollowUp[]> {
  const items = await runtime.table.queryAll<Stored>({
    index: 'gsi1',
    pk: `FOLLOW-UPS#${skill}`,
    ...(filter.status === undefined ? {} : { where: { status: filter.status } }),
  });
  return items.map(followUpOf);
}
