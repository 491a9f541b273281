import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import * as z from 'zod';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { PastRequest } from '../../engines/constraints/replay/decider.ts';
import type { Flip } from '../../engines/constraints/replay/flip.ts';
import { Replay, type ReplaySummary } from '../../engines/constraints/replay.ts';
import { EXIT } from '../exit-codes.ts';
import { sayJson } from '../say.ts';
import { onSource } from './invalid-source.ts';
import { hanging, type Line, plural, sayLines } from './print/lines.ts';
import { dayOf, type Loaded, loadSet } from './source-file.ts';

export interface ReplayOptions {
  readonly against?: string;
  readonly day?: string;
  /** Flips, and bad lines, that are shown. */
  readonly limit: string;
  readonly json?: boolean;
}

/** A line that says more than the input alone. */
const envelope = z.strictObject({
  id: z.string().exactOptional(),
  day: z.iso.date().exactOptional(),
  input: z.looseObject({}),
  decided: z
    .strictObject({ outcome: z.enum(['denied', 'routed', 'allowed']), route: z.array(z.string()).default([]) })
    .exactOptional(),
});

/** A line that cannot be replayed. */
interface BadLine {
  readonly line: number;
  readonly problems: readonly Problem[];
}

function isEnvelope(json: unknown): boolean {
  return typeof json === 'object' && json !== null && Object.keys(json).includes('input');
}

/** @throws InvalidInput when the line is no JSON, or no envelope though it looks like one. */
function readLine(text: string, line: number, day: number): PastRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const message = `The line is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`;
    const problem = { pointer: '', code: 'invalid-json', message, mend: 'Write one JSON object a line.' };
    throw new InvalidInput(message, [problem], { cause });
  }
  if (!isEnvelope(json)) return { line, day, input: json };
  const { id, day: own, input, decided } = parseWith(envelope, json, 'The line');
  return {
    line,
    day: own === undefined ? day : dayOf(own),
    input,
    ...(id === undefined ? {} : { id }),
    ...(decided === undefined ? {} : { decided }),
  };
}

async function* linesOf(file: string): AsyncGenerator<{ readonly text: string; readonly line: number }> {
  const stream = file === '-' ? process.stdin : createReadStream(file, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() !== '') yield { text: line === 1 ? text.replace(/^\u{feff}/u, '') : text, line };
    }
  } catch (cause) {
    const message = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new InvalidInput(message, [
      { pointer: '', code: 'unreadable-document', message, mend: 'Name a readable file.' },
    ]);
  }
}

interface Replayed {
  readonly summary: ReplaySummary;
  readonly flips: readonly Flip[];
  readonly bad: readonly BadLine[];
  readonly badLines: number;
}

async function replayFile(run: Replay, file: string, day: number, limit: number): Promise<Replayed> {
  const flips: Flip[] = [];
  const bad: BadLine[] = [];
  let badLines = 0;
  const note = (line: number, problems: readonly Problem[]): void => {
    badLines += 1;
    if (bad.length < limit) bad.push({ line, problems });
  };
  for await (const { text, line } of linesOf(file)) {
    try {
      const taken = run.take(readLine(text, line, day));
      if (taken === undefined) continue;
      if ('problems' in taken) note(line, taken.problems);
      else if (flips.length < limit) flips.push(taken.flip);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      note(line, error.problems);
    }
  }
  return { summary: run.summary(), flips, bad, badLines };
}

function flipLines({ line, id, from, to, labels, because }: Flip): Line[] {
  const name = id === undefined ? '' : ` (${id})`;
  const changes = [
    ...(labels.added.length === 0 ? [] : [`also asks ${labels.added.join(', ')}`]),
    ...(labels.dropped.length === 0 ? [] : [`no longer asks ${labels.dropped.join(', ')}`]),
  ].join('; ');
  const what = from === to ? to : `${from} -> ${to}`;
  return [
    ...hanging(
      [
        ['strong', `line ${line}${name}: `],
        [to === 'denied' || to === 'refused' ? 'error' : 'warning', what],
      ],
      changes === '' ? '' : `; ${changes}`,
    ),
    ...because.flatMap(({ rule, says }) => hanging(['    ', ['strong', rule], ': '], says)),
  ];
}

/** Problems of one line that are shown. */
const PROBLEMS = 3;

function badLine({ line, problems }: BadLine): Line[] {
  const rest = problems.length - PROBLEMS;
  return [
    ...problems
      .slice(0, PROBLEMS)
      .flatMap(({ pointer, message, mend }) =>
        hanging([['error', `line ${line}: `]], `${pointer === '' ? '' : `${pointer}: `}${message} ${mend}`),
      ),
    ...(rest > 0 ? [[['faint', `line ${line}: ${plural(rest, 'problem')} more.`]] as Line] : []),
  ];
}

function countLines(title: string, counts: Readonly<Record<string, number>>): Line[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const width = Math.max(0, ...rows.map(([, count]) => String(count).length));
  return rows.length === 0
    ? []
    : [[['strong', title]], ...rows.map(([name, count]): Line => [`  ${String(count).padStart(width)}  ${name}`])];
}

function reportLines({ summary, flips, bad, badLines }: Replayed, against: string | undefined): Line[] {
  const { requests, outcomes, labels, rules } = summary;
  const more = (shown: number, all: number, what: string): Line[] =>
    shown < all ? [[['faint', `  ${plural(all - shown, what)} more; --limit shows them.`]]] : [];
  return [
    ...flips.flatMap(flipLines),
    ...more(flips.length, summary.flips, 'flip'),
    ...(flips.length === 0 ? [] : [[]]),
    ...bad.flatMap(badLine),
    ...more(bad.length, badLines, 'bad line'),
    ...(bad.length === 0 ? [] : [[]]),
    ...countLines('Outcomes', outcomes),
    ...countLines('Labels that routes gain', labels.added),
    ...countLines('Labels that routes lose', labels.dropped),
    ...countLines('Rules behind the flips', rules),
    [],
    [
      ['strong', `${plural(requests, 'request')} replayed${against === undefined ? '' : ` against ${against}`}: `],
      [summary.flips === 0 ? 'good' : 'warning', plural(summary.flips, 'flip')],
      badLines === 0 ? '.' : `, and ${plural(badLines, 'line')} that cannot be replayed.`,
    ],
  ];
}

/**
 * `countersign constraints replay`: decides past requests, one a line, by a set, and says which of them come out otherwise than by an
 * older set, or than what the line has on record. Lines that cannot be replayed are told with their number, and the others go on.
 * Ends with 0 when nothing flips, 1 when something does or a line cannot be replayed, 2 when a source is not valid.
 * @throws InvalidInput
 */
export async function replayRequests(file: string, requests: string, options: ReplayOptions): Promise<void> {
  const newer = await onSource(file, options, () => loadSet(file));
  if (newer === undefined) return;
  const { against } = options;
  let older: Loaded | undefined;
  if (against !== undefined) {
    older = await onSource(against, options, () => loadSet(against));
    if (older === undefined) return;
  }
  const run = new Replay(newer.set, older?.set);
  const replayed = await replayFile(run, requests, dayOf(options.day), Number(options.limit));
  const { summary, flips, bad, badLines } = replayed;
  const named = older === undefined ? undefined : `${older.set.name} ${older.set.version}`;
  if (options.json === true) sayJson({ ...summary, badLines, flipped: flips, bad });
  else sayLines(reportLines(replayed, named));
  process.exitCode = summary.flips === 0 && badLines === 0 ? EXIT.ok : EXIT.no;
}
