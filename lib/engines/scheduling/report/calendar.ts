import { byText } from '../../../core/directory/loaded.ts';
import { type Appointment, clockAt, Lookup, type Reported, type ReportFile } from './report-input.ts';

/** Controls that RFC 5545 does not allow in a text; line feed and tab are dealt with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A value of type TEXT (RFC 5545, 3.3.11). */
function text(value: string): string {
  return value
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');
}

/** A content line in folded form: no line is longer than 75 octets without its end, and no character is torn (RFC 5545, 3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 75) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}

/** An instant as a DATE-TIME in UTC. */
function stamp(instant: string): string {
  return `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** The event of a touch keeps its identity from plan to plan, so that calendars move it and do not double it. */
function identity(team: string, touch: string, rep: string): string {
  return `${touch}.${rep}.${team}@plan.countersign`;
}

/** Whose calendars they are, and of when. */
export interface CalendarOptions {
  /** Tells plans of one team from those of another. */
  readonly team: string;
  /** When the plan was made; a later one wins (RFC 5546, 2.1.5). */
  readonly madeAt: string;
}

function eventOf(appointment: Appointment, why: string, { team, madeAt }: CalendarOptions, timeZone: string): string[] {
  const { touch, account, rep, start, end, reservedUntil, asked } = appointment;
  const description = [
    `Expected to end at ${clockAt(end, timeZone)}; the time is kept until ${clockAt(reservedUntil, timeZone)}.`,
    why,
  ];
  return [
    'BEGIN:VEVENT',
    `UID:${text(identity(team, touch, rep))}`,
    `DTSTAMP:${stamp(madeAt)}`,
    `DTSTART:${stamp(start)}`,
    `DTEND:${stamp(reservedUntil)}`,
    `SUMMARY:${text(`${asked.kind} · ${account}`)}`,
    `DESCRIPTION:${text(description.join('\n'))}`,
    `CATEGORIES:${text(asked.kind)}`,
    'STATUS:CONFIRMED',
    'TRANSP:OPAQUE',
    'END:VEVENT',
  ];
}

/** What the plan in force had with a rep, and this one has elsewhere or nowhere: taken out of the calendar again. */
function cancelled({ request, plan }: Reported, rep: string, { team, madeAt }: CalendarOptions): string[] {
  const standing = new Map(plan.touches.map((each) => [each.touch, each]));
  return (request.previous?.slots ?? []).flatMap((slot): string[] => {
    const now = standing.get(slot.touch);
    const isStill = now?.status === 'done' || (now?.status === 'scheduled' && now.rep === rep);
    if (slot.rep !== rep || isStill) return [];
    return [
      'BEGIN:VEVENT',
      `UID:${text(identity(team, slot.touch, rep))}`,
      `DTSTAMP:${stamp(madeAt)}`,
      `DTSTART:${stamp(slot.start)}`,
      `SUMMARY:${text(`Moved away: ${slot.touch}`)}`,
      'STATUS:CANCELLED',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ];
  });
}

/**
 * A calendar for every rep with something in it, in iCalendar (RFC 5545): times in UTC, texts escaped, lines folded, CRLF.
 * A touch's event lasts as long as its time is kept (p80).
 */
export function calendars(reported: Reported, options: CalendarOptions): ReportFile[] {
  const lookup = new Lookup(reported);
  const appointments = lookup.appointments(reported.plan);
  const ids = reported.request.reps.map(({ id }) => id).toSorted(byText);
  return ids.flatMap((rep): ReportFile[] => {
    const zone = lookup.reps.get(rep)?.timeZone ?? 'UTC';
    const events = [
      ...(appointments.get(rep) ?? []).flatMap((each) =>
        eventOf(each, lookup.why.get(each.touch) ?? '', options, zone),
      ),
      ...cancelled(reported, rep, options),
    ];
    if (events.length === 0) return [];
    const lines = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Countersign//Risk-aware scheduling//EN',
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
      `X-WR-CALNAME:${text(`${reported.title}: ${rep}`)}`,
      ...events,
      'END:VCALENDAR',
    ];
    return [
      {
        name: `calendars/${rep}.ics`,
        mediaType: 'text/calendar; charset=utf-8; method=PUBLISH',
        text: `${lines.map(folded).join('\r\n')}\r\n`,
      },
    ];
  });
}
