import * as z from 'zod';
import type { FlagDeclaration } from './declaration.ts';
import { STICKY_PROPERTY } from './stickiness.ts';

const strategyVariant = z.object({
  name: z.string(),
  weight: z.int(),
  payload: z.object({ type: z.string(), value: z.string() }).optional(),
});
/** A strategy as the Admin API shows it. */
export const existingStrategy = z.object({
  id: z.string(),
  name: z.string(),
  disabled: z.boolean().nullish(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  constraints: z.array(z.unknown()).default([]),
  segments: z.array(z.int()).default([]),
  variants: z.array(strategyVariant).default([]),
});
export type ExistingStrategy = z.infer<typeof existingStrategy>;

/** Variants as the server wants them: exactly one takes what the others leave, so the weights always add up. */
export function variantsOf(declaration: FlagDeclaration) {
  return declaration.variants.map(({ name, weight, payload }, index) => ({
    name,
    weight,
    weightType: index === 0 ? 'variable' : 'fix',
    stickiness: STICKY_PROPERTY,
    payload: { type: 'string', value: payload },
  }));
}

/** The strategy that a declaration stands for: everybody, sticky by account. */
export function strategyOf(declaration: FlagDeclaration) {
  return {
    name: 'flexibleRollout',
    title: 'Rollout by account',
    disabled: false,
    constraints: [],
    segments: [],
    parameters: { rollout: '100', stickiness: STICKY_PROPERTY, groupId: declaration.flag },
    variants: variantsOf(declaration),
  };
}

/** Ours is the gradual rollout whose group is the flag: hashes, and so who is in, depend on the group. */
export function isOurs(candidate: ExistingStrategy, flag: string): boolean {
  return candidate.name === 'flexibleRollout' && candidate.parameters.groupId === flag;
}

/** Whether the strategy has a variant for each declared configuration version, and no other. */
export const sameNames = (declaration: FlagDeclaration, existing: ExistingStrategy) =>
  declaration.variants.length === existing.variants.length &&
  declaration.variants.every(({ name }) => existing.variants.some((variant) => variant.name === name));

/** Whether each declared version's variant carries its payload. */
export const samePayloads = (declaration: FlagDeclaration, existing: ExistingStrategy) =>
  declaration.variants.every(({ name, payload }) =>
    existing.variants.some((variant) => variant.name === name && variant.payload?.value === payload),
  );

/** Whether each declared version has its declared share. */
export const sameWeights = (declaration: FlagDeclaration, existing: ExistingStrategy) =>
  declaration.variants.every(({ name, weight }) =>
    existing.variants.some((variant) => variant.name === name && variant.weight === weight),
  );

/** The declaration with the weights that stand in the flag page. */
export function withWeightsOf(existing: ExistingStrategy, declaration: FlagDeclaration): FlagDeclaration {
  const weightOf = (name: string) => existing.variants.find((variant) => variant.name === name)?.weight ?? 0;
  return {
    ...declaration,
    variants: declaration.variants.map((variant) => ({ ...variant, weight: weightOf(variant.name) })),
  };
}

/** Whether the strategy is what the declaration stands for, with nothing changed by hand. */
export function asDeclared(declaration: FlagDeclaration, existing: ExistingStrategy): boolean {
  return (
    existing.parameters.rollout === '100' &&
    existing.parameters.stickiness === STICKY_PROPERTY &&
    existing.disabled !== true &&
    existing.constraints.length === 0 &&
    existing.segments.length === 0 &&
    sameNames(declaration, existing) &&
    samePayloads(declaration, existing) &&
    sameWeights(declaration, existing)
  );
}
