import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { instant as readInstant } from '../../core/instant.ts';
import { checkCertificate } from '../../engines/scheduling/plan/check.ts';
import { makePlan } from '../../engines/scheduling/plan/make-plan.ts';
import type { PlanResult } from '../../engines/scheduling/plan/plan.ts';
import { planPodByPod } from '../../engines/scheduling/plan/pods/plan-in-pods.ts';
import { tooLarge } from '../../engines/scheduling/plan/preflight.ts';
import { type PlanRequest, parsePlanRequest } from '../../engines/scheduling/plan/request.ts';
import { reportFiles } from '../../engines/scheduling/report/files.ts';
import { loadHighs } from '../../platform/optimizer/highs.ts';
import { EXIT } from '../exit-codes.ts';
import { readDocument } from '../read-document.ts';
import { note, say, sayJson } from '../say.ts';
import { planLines } from './plan-lines.ts';
import { PROBLEM_NAMES } from './problems.ts';

/** Options of `countersign schedule` for a plan. */
export interface PlanOptions {
  /** A whole number of moves, in the place of the request's. */
  readonly budget?: string;
  /** About how many touches a pod has; without it, only a request that is too large for one plan is planned in pods. */
  readonly pods?: string;
  /** Folder that gets the report. */
  readonly report?: string;
  /** When the plan was made. */
  readonly instant?: string;
  readonly json?: boolean;
}

/** Touches of a pod where none are named: about ten seconds of work. */
const POD = 250;

/** The plan's own check is not of the engine's opinion: a defect, and nothing that a caller can mend. */
class WrongPlan extends Error {
  override readonly name = 'WrongPlan';
}

/** The plan request in a document, and where it stands: by itself, in a request to the skill, or in an example of it. */
function requestIn(document: unknown): { readonly value: unknown; readonly base: string } {
  const input = z.looseObject({ plan: z.unknown() });
  const envelope = z.looseObject({ input });
  const example = z.looseObject({ request: envelope });
  const inExample = example.safeParse(document);
  if (inExample.success) return { value: inExample.data.request.input.plan, base: '/request/input/plan' };
  const inEnvelope = envelope.safeParse(document);
  if (inEnvelope.success) return { value: inEnvelope.data.input.plan, base: '/input/plan' };
  return { value: document, base: '' };
}

/** Somebody left `--problem` out: what the document is tells what was meant. @throws InvalidInput then. */
function refuseProblem(document: unknown): void {
  const read = z.looseObject({ schema: z.string() }).safeParse(document);
  const name = PROBLEM_NAMES.find((each) => read.data?.schema.startsWith(`countersign/${each}/`));
  if (name === undefined) return;
  const message = `The document is a problem of the kind "${name}", and no plan request.`;
  throw new InvalidInput('The document is no plan request.', [
    { pointer: '/schema', code: 'unfit-document', message, mend: `Add --problem ${name}.` },
  ]);
}

function instantOf(text: string | undefined): string {
  if (text === undefined) return new Date().toISOString();
  try {
    return readInstant(text);
  } catch (cause) {
    const message = `"${text}" is not an instant in UTC.`;
    const problem = { pointer: '/instant', code: 'invalid-format', message, mend: 'Write it as 2026-11-03T09:00:00Z.' };
    throw new InvalidInput('The instant cannot be read.', [problem], { cause });
  }
}

type Made = Exclude<PlanResult, { readonly standing: 'refused' }>;

/** Writes page, table, calendars and JSON. @throws InvalidInput when the folder cannot be written to. */
function writeReport(folder: string, request: PlanRequest, made: Made, madeAt: string): string[] {
  const { standing: _, ...parts } = made;
  const title = `Plan from ${request.horizon.start}`;
  const json = { name: 'plan.json', text: `${JSON.stringify({ request, ...made }, null, 2)}\n` };
  const files = [...reportFiles({ title, request, ...parts }, { team: 'plan', madeAt }), json];
  try {
    for (const { name, text } of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  } catch (cause) {
    const message = `${folder} cannot be written to: ${cause instanceof Error ? cause.message : String(cause)}`;
    const problem = { pointer: '/report', code: 'unwritable', message, mend: 'Name a folder that can be written to.' };
    throw new InvalidInput(message, [problem], { cause });
  }
  return files.map(({ name }) => name);
}

/** Plans at once what fits into one plan, unless pods are asked for; else pod by pod, and says where it is. */
async function planOf(request: PlanRequest, pods: string | undefined): Promise<PlanResult> {
  const solver = await loadHighs();
  const size = pods === undefined ? (tooLarge(request).length > 0 ? POD : undefined) : Math.max(1, Number(pods));
  if (size === undefined) return makePlan(request, solver);
  return planPodByPod(request, size, solver, (work) =>
    note(
      work.kind === 'plan'
        ? `planning ${work.pod}: ${work.request.touches.length} of ${request.touches.length} touches`
        : `improving the plan of ${work.pods.length} pods`,
    ),
  );
}

/**
 * `countersign schedule FILE`: plans a request, checks plan and certificate without the solver, and prints what came out. Ends with 1 when
 * there is no plan.
 * @throws InvalidInput for a file that cannot be read or is no plan request, with every problem at its place in the file.
 */
export async function planFile(file: string, options: PlanOptions): Promise<void> {
  const madeAt = instantOf(options.instant);
  const document = readDocument(file);
  refuseProblem(document);
  const { value, base } = requestIn(document);
  const parsed = parsePlanRequest(value, base);
  const request: PlanRequest =
    options.budget === undefined
      ? parsed
      : parsePlanRequest({ ...parsed, budget: { ...parsed.budget, moves: Number(options.budget) } }, base);
  const result = await planOf(request, options.pods);
  if (result.standing === 'refused') {
    if (options.json === true) sayJson(result);
    else
      say(
        'plan: refused',
        ...result.problems.map(({ pointer, message, mend }) => `${base}${pointer}: ${message} ${mend}`),
      );
    process.exitCode = EXIT.no;
    return;
  }
  const wrong = checkCertificate(request, result.plan, result.certificate);
  if (wrong.length > 0) throw new WrongPlan(wrong.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'));
  const written = options.report === undefined ? [] : writeReport(options.report, request, result, madeAt);
  if (options.json === true) sayJson(result);
  else say(...planLines(result), ...written.map((name) => `written: ${join(options.report ?? '', name)}`));
  process.exitCode = EXIT.ok;
}
