import type { JsonObject } from '../../core/json.ts';
import { a2aTaskState } from './a2a.ts';
import type { Handoff } from './handoff.ts';

/** A transition as an event of CloudEvents 1.0 in its JSON form (structured mode, `application/cloudevents+json`). */
export interface HandoffCloudEvent {
  readonly specversion: '1.0';
  /** With `source`, unique: the handoff and the number of the transition. */
  readonly id: string;
  /** A URI reference. */
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Extension "sequence": orders the events of one handoff, also as text. */
  readonly sequence: string;
  readonly data: JsonObject;
}

/**
 * The event of one transition. It says what happened to which handoff by digests, codes and ids, as the transition itself does.
 * @param seq the number of the transition in the handoff's history, from one.
 * @param source a URI reference that names the system, such as `/countersign/prod`.
 * @throws RangeError when there is no such transition.
 */
export function cloudEventOf(
  { id, thread, contract, history }: Handoff,
  seq: number,
  source: string,
): HandoffCloudEvent {
  const entry = history[seq - 1];
  if (entry === undefined) throw new RangeError(`The handoff "${id}" has no transition ${seq}.`);
  const { event, from, to } = entry;
  const { type, at, by, id: eventId, ...said } = event;
  return {
    specversion: '1.0',
    id: `${id}.${seq}`,
    source,
    type: `countersign.handoff.${type}.v1`,
    subject: id,
    time: at,
    datacontenttype: 'application/json',
    sequence: String(seq).padStart(10, '0'),
    data: {
      thread,
      contract: { ...contract },
      event: eventId,
      by: { ...by },
      from,
      to,
      a2a: a2aTaskState(to),
      said: said as JsonObject,
    },
  };
}
