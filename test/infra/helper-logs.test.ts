import { expect, test } from 'vitest';
import { stacksOf } from './support/templates.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: { readonly RetentionInDays?: number; readonly LoggingConfig?: { readonly LogGroup?: unknown } };
}

test.each([
  ['dev', 2, 14],
  ['prod', 1, 365],
])(
  'in %s every function of a stack, CDK’s own among them, logs into a group of that stack, kept as the settings say',
  (environment, helpers, days) => {
    let own = 0;
    for (const { template } of stacksOf(environment)) {
      const resources = (template as { Resources: Record<string, Resource> }).Resources;
      const functions = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
      own += functions.filter(([id]) => id.includes('CustomResourceProvider')).length;
      for (const [id, { Properties }] of functions) {
        const { Ref } = (Properties?.LoggingConfig?.LogGroup ?? {}) as { Ref?: string };
        const group = Ref === undefined ? undefined : resources[Ref];
        expect(group, id).toMatchObject({ Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Delete' });
        expect(group?.Properties?.RetentionInDays, id).toBe(days);
      }
    }
    expect(own).toBe(helpers);
  },
);
