import type { Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import type { FlagDeclaration } from './declaration.ts';
import { refusedConditions } from './refused-conditions.ts';
import type { FlagFeature, FlagSnapshot, FlagVariant } from './snapshot.ts';
import { STICKY_PROPERTY, stickinessFindings } from './stickiness.ts';

function stickinessProblems(feature: FlagFeature, base: string): Problem[] {
  return stickinessFindings(feature).map((finding) => ({
    pointer: base + finding.pointer,
    code: finding.repeatable ? 'not-sticky-by-account' : 'not-repeatable',
    message: finding.repeatable
      ? `The flag "${feature.name}" decides by "${finding.found}", not by account.`
      : `The flag "${feature.name}" decides by "${finding.found}", which is random, so it counts as off.`,
    mend: `Use a gradual rollout with stickiness "${STICKY_PROPERTY}".`,
  }));
}

function conditionProblems(feature: FlagFeature, segments: FlagSnapshot['segments'], base: string): Problem[] {
  return refusedConditions(feature, segments).map((condition) => ({
    pointer: base + condition.pointer,
    code: 'refused-condition',
    message: `The flag "${feature.name}" decides by "${condition.found}", which is not evaluated here, so it counts as off.`,
    mend: 'Use IN, NOT_IN, STR_STARTS_WITH, STR_ENDS_WITH or STR_CONTAINS on the account.',
  }));
}

/** A variant must name a configuration version that the skill has, and carry that version's payload. */
function variantProblems(variant: FlagVariant, at: string, declaration: FlagDeclaration): Problem[] {
  const known = declaration.variants.find((candidate) => candidate.name === variant.name);
  if (known === undefined) {
    return [
      {
        pointer: pointer(at, 'name'),
        code: 'unknown-configuration-version',
        message: `The variant "${variant.name}" of "${declaration.flag}" names no configuration version of ${declaration.skill}.`,
        mend: `Use one of: ${declaration.variants.map((candidate) => candidate.name).join(', ')}.`,
      },
    ];
  }
  if (variant.payload?.value === known.payload) return [];
  return [
    {
      pointer: pointer(at, 'payload'),
      code: 'configuration-version-differs',
      message: `The variant "${variant.name}" of "${declaration.flag}" does not carry that version's payload.`,
      mend: 'Apply the flags again, or correct the payload in the flag page.',
    },
  ];
}

function configurationProblems(feature: FlagFeature, base: string, declaration: FlagDeclaration): Problem[] {
  const own = feature.variants.map((variant, index) => ({ variant, at: pointer(base, 'variants', index) }));
  const ofStrategies = feature.strategies.flatMap((strategy, strategyIndex) =>
    strategy.variants.map((variant, index) => ({
      variant,
      at: pointer(base, 'strategies', strategyIndex, 'variants', index),
    })),
  );
  // A strategy without variants falls back on the flag's; with neither, the flag is on and names no configuration.
  const nameless =
    feature.variants.length > 0
      ? []
      : feature.strategies.flatMap((strategy, index) =>
          strategy.variants.length > 0 ? [] : [pointer(base, 'strategies', index, 'variants')],
        );
  return [
    ...nameless.map((at) => ({
      pointer: at,
      code: 'no-configuration-version',
      message: `A strategy of "${declaration.flag}" switches ${declaration.skill} on without naming a configuration version.`,
      mend: 'Give the strategy a variant for each configuration version that it rolls out.',
    })),
    ...[...own, ...ofStrategies].flatMap(({ variant, at }) => variantProblems(variant, at, declaration)),
  ];
}

/**
 * Checks the flags that are in force against those that the skills declare.
 * Finds missing flags, stickiness by anything but the account, conditions that are not evaluated, and variants that name unknown configuration versions.
 * Pointers are into the snapshot; flags that no skill declares are not looked at.
 */
export function lintFlags(snapshot: FlagSnapshot, declarations: readonly FlagDeclaration[]): Problem[] {
  return declarations.flatMap((declaration) => {
    const index = snapshot.features.findIndex((feature) => feature.name === declaration.flag);
    const feature = snapshot.features[index];
    if (feature === undefined) {
      return [
        {
          pointer: '/features',
          code: 'missing-flag',
          message: `There is no flag "${declaration.flag}", so ${declaration.skill} is off for every account.`,
          mend: 'Apply the flags.',
        },
      ];
    }
    const base = pointer('/features', index);
    return [
      ...stickinessProblems(feature, base),
      ...conditionProblems(feature, snapshot.segments, base),
      ...configurationProblems(feature, base, declaration),
    ];
  });
}
