import { InvalidInput, type Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { decide } from '../constraints/evaluate/decide.ts';
import { readInput } from '../constraints/evaluate/read-input.ts';
import { usesOf } from '../constraints/formula-uses.ts';
import type { ConstraintSet } from '../constraints/model.ts';
import { checkDocument } from '../constraints/source/compile-document.ts';
import { SOURCE_SCHEMA } from '../constraints/source/document.ts';
import type { ContractDocument, Criterion } from './contract-document.ts';

/** Facts under this name are read from what is delivered, all others from the payload. */
export const DELIVERED = 'delivery';

/** When a criterion is asked. */
export type CriterionTime = Criterion['at'];

/** The machine-checkable criteria of one time, compiled; `undefined` when there are none. */
export type CompiledCriteria = Readonly<Record<CriterionTime, ConstraintSet | undefined>>;

/** How one criterion stands. */
export interface CriterionResult {
  readonly id: string;
  /** `unreadable`: a fact that conditions use is missing or outside its domain. `asks-role`: only a person can tell. */
  readonly verdict: 'holds' | 'fails' | 'unreadable' | 'asks-role';
  /** Who is to tell, for `asks-role`. */
  readonly role?: string;
}

export interface CriteriaCheck {
  readonly results: readonly CriterionResult[];
  /** Pointers lead into the payload, or, behind /delivery, into what was delivered. */
  readonly problems: readonly Problem[];
}

type MachineCriterion = Extract<Criterion, { by: 'machine' }>;

const isDelivered = (path: string): boolean => path === DELIVERED || path.startsWith(`${DELIVERED}.`);

/** Problems of the constraint source, told by the contract's own places: it has no lines. */
function inContract(problem: Problem, file: string, places: readonly number[]): Problem {
  const tokens = problem.pointer.split('/').slice(1);
  const [list, index, ...rest] = tokens;
  const message = problem.message.startsWith(`${file}:`) ? problem.message.replace(/^\S+ /, '') : problem.message;
  if (list === 'fields')
    return { ...problem, message, pointer: pointer('/facts') + problem.pointer.slice('/fields'.length) };
  if (list !== 'rules') return { ...problem, message };
  return { ...problem, message, pointer: pointer('/acceptance', places[Number(index)] ?? 0, ...rest) };
}

function compileAt(
  document: ContractDocument,
  at: CriterionTime,
): { set?: ConstraintSet; problems: readonly Problem[] } {
  const found = document.acceptance.flatMap((criterion, index) =>
    criterion.by === 'machine' && criterion.at === at ? [{ criterion, index }] : [],
  );
  if (found.length === 0 && at === 'delivery') return { problems: [] };
  const file = `${document.id}-${at}`;
  const fields = Object.entries(document.facts).filter(([path]) => at === 'delivery' || !isDelivered(path));
  const ruleOf = ({ id, when, condition, says }: MachineCriterion): object => ({
    id,
    owner: document.id,
    modality: 'require',
    ...(when === undefined ? {} : { when }),
    condition,
    message: says,
  });
  const source = {
    schema: SOURCE_SCHEMA,
    name: file,
    version: document.version,
    skill: document.domain,
    additionalFields: 'ignore',
    fields: Object.fromEntries(fields),
    rules: found.map(({ criterion }) => ruleOf(criterion)),
  };
  try {
    return { set: checkDocument(JSON.parse(JSON.stringify(source)), file).set, problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const places = found.map(({ index }) => index);
    return { problems: error.problems.map((problem) => inContract(problem, file, places)) };
  }
}

/**
 * Compiles the criteria that a machine can check, with the declared facts as their fields. The facts are compiled even when no
 * criterion uses them, so that a fault in them shows.
 * @returns problems by pointer into the contract; the criteria are complete only when there are none.
 */
export function compileCriteria(document: ContractDocument): {
  criteria: CompiledCriteria;
  problems: readonly Problem[];
} {
  const acceptance = compileAt(document, 'acceptance');
  const delivery = compileAt(document, 'delivery');
  const seen = new Set<string>();
  const problems = [...acceptance.problems, ...delivery.problems].filter((problem) => {
    const key = JSON.stringify([problem.pointer, problem.code]);
    return !seen.has(key) && seen.add(key);
  });
  return { criteria: { acceptance: acceptance.set, delivery: delivery.set }, problems };
}

/** Paths of the facts that a compiled criterion looks at. */
export function factsOfCriterion(set: ConstraintSet, criterionId: string): string[] {
  const rule = set.rules.find(({ id }) => id === criterionId);
  if (rule?.effect.kind !== 'require') return [];
  const used = new Set([...usesOf(rule.when), ...usesOf(rule.effect.condition)]);
  return [...used].map((field) => set.fields[field]?.path ?? '');
}

/**
 * Checks the criteria of one time. A criterion is never passed because a fact could not be read.
 * @param facts the payload; for criteria at delivery, the payload with what was delivered under `delivery`.
 */
export function checkCriteria(
  acceptance: readonly Criterion[],
  compiled: CompiledCriteria,
  at: CriterionTime,
  facts: unknown,
): CriteriaCheck {
  const set = compiled[at];
  let problems: readonly Problem[] = [];
  let violated: ReadonlySet<string> | undefined;
  if (set !== undefined) {
    try {
      violated = new Set(decide(set, readInput(set, facts), 0).violated);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      // Values stay out of problems: a payload may be about a person.
      problems = error.problems.map(({ code, pointer: place, mend }) => ({
        pointer: place,
        code,
        message: 'A fact that the criteria use cannot be read here.',
        mend,
      }));
    }
  }
  const results = acceptance.flatMap((criterion): CriterionResult[] => {
    if (criterion.at !== at) return [];
    if (criterion.by === 'role') return [{ id: criterion.id, verdict: 'asks-role', role: criterion.role }];
    if (violated === undefined) return [{ id: criterion.id, verdict: 'unreadable' }];
    return [{ id: criterion.id, verdict: violated.has(criterion.id) ? 'fails' : 'holds' }];
  });
  return { results, problems };
}
