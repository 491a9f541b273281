/** The limits that columns share. `price` makes a limit soft: each unit above `high` costs so much; the others are hard. */
export interface Row {
  /** Says what the limit is of, the same in every run: `half-day anna 2026-11-23 09:00`. */
  readonly name: string;
  readonly kind: RowKind;
  /** What is limited: a rep, an account, a segment, or the touch that comes later in a playbook. */
  readonly subject: string;
  /** Local date (or Monday of the week) that it is about. */
  readonly date?: string;
  readonly high: number;
  /** In units of the objective, before its factor. */
  readonly price?: number;
}

/**
 * `half-day`: minutes (p80) of a rep in a bucket. `early-window`, `late-window`: the same for touches that must be over before its
 * end, or cannot begin at its start. `week`: minutes of the contract that load leaves. `rescue-calls`, `after-hours`, `consecutive`:
 * limits of dignity. `contact-cap`: touches of an account in any so many days. `playbook`: not before the predecessor is over.
 * `floor`: touches of a segment that are to be served (counted as negative). `fairness`: minutes above the share by contract.
 */
export type RowKind =
  | 'half-day'
  | 'early-window'
  | 'late-window'
  | 'week'
  | 'rescue-calls'
  | 'after-hours'
  | 'consecutive'
  | 'contact-cap'
  | 'playbook'
  | 'floor'
  | 'fairness';

/** Collects rows; columns refer to them by number. */
export class RowBook {
  readonly rows: Row[] = [];

  /** Adds a row, and answers its number. */
  add(row: Row): number {
    this.rows.push(row);
    return this.rows.length - 1;
  }
}
