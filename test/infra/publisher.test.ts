import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { addStacks, createApp } from '../../lib/infra/app.ts';
import { withoutBundles } from '../../lib/infra/code-source.ts';
import { environmentOf, environments } from '../../lib/infra/environments.ts';
import { functions } from '../../lib/infra/functions.ts';
import { portsOf } from '../../lib/infra/granted-ports.ts';
import { tinySkill } from './support/templates.ts';

const publisher = {
  url: 'https://cms.example.com/releases',
  keyId: 'key-2026',
  keySecretName: 'countersign/dev/publisher-key',
};

interface Resource {
  readonly Type: string;
  readonly Properties: unknown;
}

/** The functions and policies of an environment in which something stands, by their logical ids without numbers and hashes. */
function holding(settings: object, type: string, text: string): string[] {
  const app = createApp({ complete: false });
  const known = { dev: { ...(environments.dev as object), ...settings } };
  addStacks(app, { environment: environmentOf('dev', known), skills: [tinySkill], code: withoutBundles });
  const assembly = app.synth();
  return app.node.children
    .filter((child): child is Stack => Stack.isStack(child))
    .flatMap((stack) =>
      Object.entries(assembly.getStackByName(stack.stackName).template.Resources as Record<string, Resource>),
    )
    .filter(([, { Type, Properties }]) => Type === type && JSON.stringify(Properties).includes(text))
    .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))
    .sort();
}

describe('the publisher', () => {
  test('is known to the functions that publish or roll back, and to no other', () => {
    const named = functions.filter(({ grants }) => grants.includes('publisher:use')).map(({ name }) => name);
    expect(named.sort()).toEqual(['publish', 'recover', 'sweep']);
    const told = holding({ publisher }, 'AWS::Lambda::Function', publisher.url);
    expect(told).toHaveLength(3);
    expect(told.map((id) => /Publish|Recover|Sweep/.exec(id)?.[0]).sort()).toEqual(['Publish', 'Recover', 'Sweep']);
    expect(portsOf(['publisher:use']).map(({ name }) => name)).toEqual(['publisherPort']);
  });

  test('has a key that only they may read', () => {
    const allowed = holding({ publisher }, 'AWS::IAM::Policy', publisher.keySecretName);
    expect(allowed.map((id) => /Publish|Recover|Sweep/.exec(id)?.[0]).sort()).toEqual(['Publish', 'Recover', 'Sweep']);
  });

  test('gives nobody anything where there is none', () => {
    expect(holding({}, 'AWS::Lambda::Function', 'COUNTERSIGN_PUBLISHER')).toEqual([]);
    expect(holding({}, 'AWS::IAM::Policy', 'publisher')).toEqual([]);
  });

  test.each(['http://cms.example.com/', 'https://user:secret@cms.example.com/'])('has no address like %s', (url) => {
    const known = { dev: { ...(environments.dev as object), publisher: { ...publisher, url } } };
    expect(() => environmentOf('dev', known)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: '/publisher/url' })] }),
    );
  });
});
