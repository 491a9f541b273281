import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { BudgetExceeded, CountersignError, type Problem } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { Reason } from '../skill/skill-result.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;
const text = z.string();

/** A typed error of the solving, as data. */
const refusal = z.strictObject({
  code: text,
  message: text,
  problems: z.array(z.strictObject({ pointer: text, code: text, message: text, mend: text })),
});
export type PodRefusal = z.infer<typeof refusal>;

/** What became of one piece of work: an artifact. Either it was answered, or it was refused. */
const solvedPod = z
  .strictObject({
    schema: z.literal('countersign/solved-pod/1'),
    /** Of the work, which is an artifact as well. */
    work: digest,
    answer: (z.json() as z.ZodType<Json>).optional(),
    refusal: refusal.optional(),
    /** How solving it again from a rewritten work ended otherwise; the determinism gate then fails. */
    difference: (z.strictObject({ code: text, message: text, pointer: text }) as z.ZodType<Reason>).optional(),
  })
  .refine((pod) => 'answer' in pod !== 'refusal' in pod, { error: 'A pod has either an answer or a refusal' });
export type SolvedPod = z.infer<typeof solvedPod>;

/** A pod that was solved, as it is stored. */
export function solvedPodOf(work: Digest, solved: Omit<SolvedPod, 'schema' | 'work'>): SolvedPod {
  return { schema: 'countersign/solved-pod/1', work, ...solved };
}

/** @throws InvalidInput when what is stored as a solved pod is none. */
export function parseSolvedPod(value: unknown): SolvedPod {
  return parseWith<SolvedPod>(solvedPod, value, 'The solved pod');
}

/** The refusal of a pod, when the execution that wanted it is told: it has the code of the error that the solving threw. */
export class PodRefused extends CountersignError {
  readonly code: string;

  constructor({ code, message, problems }: { code: string; message: string; problems: readonly Problem[] }) {
    super(message, problems);
    this.code = code;
  }
}

/** What a typed error of the solving is kept as. */
export function refusalOf({ code, message, problems }: CountersignError): PodRefusal {
  return { code, message, problems: problems.map((problem) => ({ ...problem })) };
}

/** The error that a kept refusal stands for: of the same code, message and problems, so that it fails the same gate. */
export function errorOf(kept: PodRefusal): CountersignError {
  return kept.code === 'BudgetExceeded' ? new BudgetExceeded(kept.message, kept.problems) : new PodRefused(kept);
}
