import * as z from 'zod';

/** The weights of a flag's variants share out this many parts. */
export const WEIGHT_TOTAL = 1000;

const variantDeclaration = z.strictObject({
  /** The configuration version; the flag server puts it into addresses. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/, 'A configuration version that is safe in a URL'),
  /** Thousandths of the accounts that are in the rollout. */
  weight: z.int().min(0).max(WEIGHT_TOTAL),
  /** What the variant carries, such as the digest of the configuration. */
  payload: z.string().min(1),
});

const flagDeclaration = z.strictObject({
  flag: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/, 'A flag name that is safe in a URL'),
  skill: z.string().min(1),
  description: z.string(),
  variants: z
    .array(variantDeclaration)
    .min(1)
    .refine((list) => list.reduce((sum, { weight }) => sum + weight, 0) === WEIGHT_TOTAL, 'Weights must add up to 1000')
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'Names must differ'),
});

/** The declarations of some skills, as data that may come from a file. */
export const flagDeclarations = z.array(flagDeclaration);

/** The rollout flag of one skill: which configuration versions it rolls out, and to what share of accounts each. */
export type FlagDeclaration = z.infer<typeof flagDeclaration>;
