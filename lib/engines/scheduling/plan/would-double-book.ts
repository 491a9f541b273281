import type { Stretch } from './buckets.ts';
import type { Model } from './model.ts';
import type { InHalfDay } from './sequence.ts';
import { sequenceAround } from './sequence-around.ts';
import { inHalfDay, type Timetable, timetableOf } from './timetable.ts';

/** A choice with its times, and who is where in it. */
interface Booked {
  readonly choice: Int32Array;
  readonly times: Timetable['times'];
  /** Places of touches by half-day. */
  readonly members: ReadonlyMap<number, readonly number[]>;
  /** Places of contacts that are placed, by account. */
  readonly contacts: ReadonlyMap<string, readonly number[]>;
}

/** The choice that was asked about last; explanations ask about one choice many times. */
const bookedOfModel = new WeakMap<Model, Booked>();

function bookedOf(model: Model, choice: Int32Array): Booked {
  const known = bookedOfModel.get(model);
  if (known?.choice.every((column, touch) => column === choice[touch]) === true) return known;
  const placed = [...choice.keys()].filter((touch) => (model.columnBucket[choice[touch] as number] ?? -1) >= 0);
  const contacts = placed.filter((touch) => model.touches[touch]?.touch.channel !== 'internal');
  const booked = {
    choice: Int32Array.from(choice),
    times: timetableOf(model, choice).times,
    members: Map.groupBy(placed, (touch) => model.columnBucket[choice[touch] as number] as number),
    contacts: Map.groupBy(contacts, (touch) => model.touches[touch]?.touch.account ?? ''),
  };
  bookedOfModel.set(model, booked);
  return booked;
}

/**
 * Whether two people would be with a touch's account at the same time if it went somewhere, everybody else's times as they are: no
 * order of the half-day that it would join avoids it.
 */
export function wouldDoubleBook(model: Model, choice: Int32Array, column: number): boolean {
  const touch = model.columnTouch[column] as number;
  const number = model.columnBucket[column] as number;
  const bucket = model.buckets[number];
  const own = model.touches[touch]?.touch;
  if (bucket === undefined || own === undefined || own.channel === 'internal') return false;
  const bucketOf = (place: number) => model.buckets[model.columnBucket[choice[place] as number] as number];
  const isElsewhere = (place: number): boolean => {
    const its = bucketOf(place);
    return (
      place !== touch && its !== undefined && its.rep !== bucket.rep && its.start < bucket.end && bucket.start < its.end
    );
  };
  const { times, members, contacts } = bookedOf(model, choice);
  if (contacts.get(own.account)?.some(isElsewhere) !== true) return false;
  const closedTo = new Map<string, Stretch[]>();
  const joined: InHalfDay[] = [];
  for (const place of [...(members.get(number) ?? []), touch]) {
    const each = inHalfDay(model, place === touch ? column : (choice[place] as number));
    const asked = model.touches[place]?.touch;
    if (each === undefined || asked === undefined) continue;
    joined.push(each);
    const others = asked.channel === 'internal' ? [] : (contacts.get(asked.account) ?? []).filter(isElsewhere);
    const at = others.flatMap((other) => times.get(model.touches[other]?.touch.id ?? '') ?? []);
    closedTo.set(
      each.id,
      at.map(({ start, reservedUntil }) => ({ from: start, to: reservedUntil })),
    );
  }
  const closed = (id: string): readonly Stretch[] => closedTo.get(id) ?? [];
  return sequenceAround(joined, { start: bucket.start, end: bucket.end, closed }) === undefined;
}
