import type { Instant } from '../core/instant.ts';
import { type Markup, markup } from './markup.ts';

/** An instant and the time zone (IANA name) in which its reader lives. */
export interface ZonedTime {
  readonly instant: Instant;
  readonly timeZone: string;
}

type Part = Intl.DateTimeFormatPartTypes;

function partsOf(time: ZonedTime, width: 'long' | 'short'): (type: Part) => string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: time.timeZone,
    weekday: width,
    day: 'numeric',
    month: width,
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  }).formatToParts(new Date(time.instant));
  return (type) => parts.find((part) => part.type === type)?.value ?? '';
}

/** The zone and its offset on that day: `Europe/Berlin, UTC+1`. */
export function writeZone(time: ZonedTime): string {
  const offset = partsOf(time, 'short')('timeZoneName').replace('GMT', 'UTC');
  return time.timeZone === 'UTC' ? 'UTC' : `${time.timeZone.replaceAll('_', ' ')}, ${offset}`;
}

/** `Tuesday 24 November 2026, 17:00`, in the reader's zone. */
export function writeLong(time: ZonedTime): string {
  const part = partsOf(time, 'long');
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}, ${part('hour')}:${part('minute')}`;
}

/** `Tue 24 Nov 2026, 17:00`, in the reader's zone. */
export function writeShort(time: ZonedTime): string {
  const part = partsOf(time, 'short');
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}, ${part('hour')}:${part('minute')}`;
}

/** A `time` element with the machine's instant and the reader's words for it, without the zone. */
export function timeElement(time: ZonedTime): Markup {
  return markup`<time datetime="${time.instant}">${writeShort(time)}</time>`;
}

/** `Tue 24 Nov, 17:00`, in the reader's zone: for subjects, where room is scarce. */
export function writeBrief(time: ZonedTime): string {
  const part = partsOf(time, 'short');
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')}`;
}
