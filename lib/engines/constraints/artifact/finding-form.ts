import { dateOfDay } from '../../../core/calendar/local-day.ts';
import { readInput } from '../evaluate/read-input.ts';
import { writeInput } from '../evaluate/write-input.ts';
import type { Finding, Unknown } from '../findings.ts';
import type { ConstraintSet, Interval, RuleIndex } from '../model.ts';
import { readDate } from '../written-values.ts';
import type { ArtifactBody, ArtifactFinding } from './document.ts';

/** The day of a date that was checked to be one. @throws RangeError for anything else. */
export function dayOfDate(date: string): number {
  const reading = readDate(date);
  if ('value' in reading) return reading.value;
  throw new RangeError(reading.fault);
}

function writePeriod({ from, until }: Interval): { from?: string; until?: string } {
  return {
    ...(from === undefined ? {} : { from: dateOfDay(from) }),
    ...(until === undefined ? {} : { until: dateOfDay(until) }),
  };
}

function readPeriod({ from, until }: { readonly from?: string; readonly until?: string }): Interval {
  return {
    ...(from === undefined ? {} : { from: dayOfDate(from) }),
    ...(until === undefined ? {} : { until: dayOfDate(until) }),
  };
}

/** A finding as artifacts hold it. */
export function writeFinding(set: ConstraintSet, finding: Finding): ArtifactFinding {
  const { rules, witness, witnessDay, subsetWitnesses, period, repair, owners, spans, proof, ...same } = finding;
  const id = (index: RuleIndex): string => set.rules[index]?.id ?? '';
  return {
    ...same,
    rules: rules.map(id),
    ...(witness === undefined ? {} : { witness: writeInput(set, witness) }),
    ...(witnessDay === undefined ? {} : { witnessDay: dateOfDay(witnessDay) }),
    ...(subsetWitnesses === undefined
      ? {}
      : {
          subsetWitnesses: subsetWitnesses.map(({ without, values }) => ({
            without: id(without),
            values: writeInput(set, values),
          })),
        }),
    period: writePeriod(period),
    owners: [...owners],
    spans: [...spans],
    ...(repair === undefined ? {} : { repair: { ...repair, rule: id(repair.rule) } }),
    proof: { by: proof.by, checks: [...proof.checks] },
  };
}

/**
 * A finding as the analysis gives it.
 * @throws InvalidInput when a witness is no input of the set; RangeError when it names a rule that is not there.
 */
export function readFinding(set: ConstraintSet, finding: ArtifactFinding): Finding {
  const { rules, witness, witnessDay, subsetWitnesses, period, repair, ...same } = finding;
  const index = (id: string): RuleIndex => {
    const at = set.rules.findIndex((rule) => rule.id === id);
    if (at >= 0) return at;
    throw new RangeError(`There is no rule "${id}".`);
  };
  return {
    ...same,
    rules: rules.map(index),
    ...(witness === undefined ? {} : { witness: readInput(set, witness) }),
    ...(witnessDay === undefined ? {} : { witnessDay: dayOfDate(witnessDay) }),
    ...(subsetWitnesses === undefined
      ? {}
      : {
          subsetWitnesses: subsetWitnesses.map(({ without, values }) => ({
            without: index(without),
            values: readInput(set, values),
          })),
        }),
    period: readPeriod(period),
    ...(repair === undefined ? {} : { repair: { ...repair, rule: index(repair.rule) } }),
  };
}

type ArtifactUnknown = ArtifactBody['analysis']['unknowns'][number];

/** An open question as artifacts hold it. */
export function writeUnknown(set: ConstraintSet, unknown: Unknown): ArtifactUnknown {
  return { ...unknown, rules: unknown.rules.map((index) => set.rules[index]?.id ?? '') };
}
