import * as z from 'zod';
import { calendar } from '../../core/directory/schema.ts';
import { instantAt } from '../../core/instant.ts';

/** Ids of contracts, parties, evidence and the like; the same form as ids of the directory. */
export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'Lower-case letters, digits, points, hyphens and underscores');

/** A stable reason, for machines. */
export const code = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'Lower-case letters, digits and hyphens');

/** Semantic Versioning 2.0.0 without build metadata: a contract's version orders, so nothing may stand beside the order. */
export const semanticVersion = z
  .string()
  .regex(/^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/, 'A version is written as 1.2.3');

/** Versions that somebody accepts: exactly `1.2.3`, any patch `1.2.x`, any minor `1.x`. */
export const versionRange = z
  .string()
  .regex(/^(0|[1-9]\d{0,5})\.(x|(0|[1-9]\d{0,5})\.(x|(0|[1-9]\d{0,5})))$/, 'Write 1.2.3, 1.2.x or 1.x');

export const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

/** An instant in UTC, normalised to milliseconds, so that instants compare as text. */
export const instantText = z.iso.datetime().transform((text) => instantAt(Date.parse(text)));

/** A JSON Pointer (RFC 6901); the empty one is the whole document. */
export const jsonPointer = z.string().regex(/^(\/([^~/]|~[01])*)*$/, 'A JSON Pointer such as /customer/id');

/** A length of time: minutes of working time by a calendar, or minutes as any clock counts them. */
export const duration = z.union([
  z.strictObject({ businessMinutes: z.int().min(0).max(1_000_000) }),
  z.strictObject({ clockMinutes: z.int().min(0).max(1_000_000) }),
]);
export type Duration = z.infer<typeof duration>;

/** The minutes of a duration, of whichever kind. */
export function minutesOf(length: Duration): number {
  return 'businessMinutes' in length ? length.businessMinutes : length.clockMinutes;
}

/** Writes a duration for people: `90 business minutes`, `30 clock minutes`. */
export function describeDuration(length: Duration): string {
  return `${minutesOf(length)} ${'businessMinutes' in length ? 'business' : 'clock'} minutes`;
}

/** A calendar read on the wall clock of a time zone, in the form in which documents carry it. */
export const workingTime = z.strictObject({ calendar, timeZone: z.string().min(1) });

/** Where a version stands in a range. @example acceptsVersion('1.2.x', '1.2.7') // true */
export function acceptsVersion(range: string, version: string): boolean {
  const wanted = range.split('.');
  const parts = version.split('.');
  return wanted.every((part, index) => part === 'x' || part === parts[index]);
}
