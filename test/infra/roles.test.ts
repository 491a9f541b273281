import { Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { addStacks, createApp } from '../../lib/infra/app.ts';
import { withoutBundles } from '../../lib/infra/code-source.ts';
import { environmentOf } from '../../lib/infra/environments.ts';
import { describeRoles, type RoleRights, rolesOf, unexplained } from './support/roles.ts';
import { tinySkill } from './support/templates.ts';

/** The roles of each stack of an environment, by the stack's name. */
function rolesIn(environment: string): ReadonlyMap<string, readonly RoleRights[]> {
  const app = createApp({ complete: false });
  addStacks(app, { environment: environmentOf(environment), skills: [tinySkill], code: withoutBundles });
  const assembly = app.synth();
  const stacks = app.node.children.filter((child): child is Stack => Stack.isStack(child));
  return new Map(
    stacks.map((stack) => [stack.stackName, rolesOf(stack, assembly.getStackByName(stack.stackName).template)]),
  );
}

let roles: ReadonlyMap<string, readonly RoleRights[]>;
beforeAll(() => {
  roles = rolesIn('dev');
});

describe('the roles', () => {
  // Who changes a right changes this table, and whoever reviews the change reads it: `npx vitest run test/infra -u` writes it.
  test.each(['data', 'platform', tinySkill.id])(
    'of the stack %s may do what the reviewed table says',
    async (ending) => {
      const found = roles.get(`countersign-dev-${ending}`);
      expect(found?.length).toBeGreaterThan(0);
      await expect(describeRoles(found ?? [])).toMatchFileSnapshot(
        `roles/${ending === tinySkill.id ? 'skill' : ending}.txt`,
      );
    },
  );

  test('hold no wildcard and no managed policy without a reason beside it', () => {
    expect([...roles.values()].flatMap(unexplained)).toEqual([]);
  });

  // The history of an execution can show task tokens: whoever may read it must not be able to use one.
  test('never join the right to read histories with the right to signal', () => {
    const allowed = ({ statements }: RoleRights) => statements.flatMap(({ actions }) => actions);
    const all = [...roles.values()].flat();
    const readers = all.filter((role) => allowed(role).includes('states:GetExecutionHistory'));
    expect(readers.map(({ path }) => path)).toEqual(['Status/Role']);
    for (const role of readers) expect(allowed(role).filter((action) => action.startsWith('states:Send'))).toEqual([]);
  });

  test('would be found out otherwise', () => {
    const role: RoleRights = {
      path: 'Odd',
      assumedBy: [],
      managedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      statements: [{ effect: 'Allow', actions: ['s3:*'], resources: ['*', 'arn:aws:s3:::one'] }],
      reasonFor: () => undefined,
    };
    expect(unexplained([role])).toEqual(['Odd: arn:aws:iam::aws:policy/AdministratorAccess', 'Odd: s3:*', 'Odd: *']);
    expect(unexplained([{ ...role, reasonFor: () => 'Because.' }])).toEqual(['Odd: s3:*']);
  });

  test('are the same in every environment but for names, and for what CDK needs to empty buckets', () => {
    const shapes = (environment: string) =>
      [...rolesIn(environment)].flatMap(([stack, found]) =>
        found
          .filter(({ path }) => !path.startsWith('Custom::S3AutoDeleteObjects'))
          .map((role) => `${stack} ${describeRoles([role])}`.replaceAll(environment, 'ENV')),
      );
    const inDev = shapes('dev').map((text) => text.replaceAll(/\w+\.countersign\.example\.com/g, 'MAIL'));
    const inProd = shapes('prod').map((text) => text.replaceAll('countersign.example.com', 'MAIL'));
    expect(inProd).toEqual(inDev);
  });
});
