import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { sharedFunctions, stepFunctions } from '../../lib/infra/functions.ts';
import { readTemplates } from '../../lib/infra/read-template.ts';
import { readSettings } from '../../lib/platform/settings.ts';
import { stacksOf, tinySkill } from './support/templates.ts';

const stacks = stacksOf('dev');
const contents = readTemplates(stacks);
/** Those that a deployment of this one skill has: it hands nothing over. */
const functions = [...sharedFunctions(), ...stepFunctions(tinySkill)];

describe('reading the templates', () => {
  test('finds every function of the table, with its entry and its skill', () => {
    expect(contents.functions.map(({ function: name, entry, skill }) => ({ name, entry, skill }))).toEqual(
      expect.arrayContaining(
        functions.map(({ name, entry, scope }) => ({
          name,
          entry,
          skill: scope === 'skill' ? tinySkill.name : undefined,
        })),
      ),
    );
    expect(contents.functions).toHaveLength(functions.length);
  });

  test('gives each function an environment that the platform accepts', () => {
    for (const { environment } of contents.functions)
      expect(readSettings(environment)).toEqual({
        environment: 'dev',
        table: 'countersign-dev',
        artifactsBucket: 'countersign-dev-artifacts-000000000000-us-east-1',
        baseUrl: 'https://ApiRest4DEC74FE.execute-api.us-east-1.amazonaws.com/api',
        mailFrom: 'Countersign <approvals@dev.countersign.example.com>',
        oversightAddress: 'oversight-dev@example.com',
        stateMachinePrefix: 'arn:aws:states:us-east-1:000000000000:stateMachine:countersign-dev-',
        maximumBodyBytes: 1_048_576,
        unleash: { url: 'https://unleash.example.com', environment: 'development' },
      });
  });

  test('names the functions that tasks invoke and routes call', () => {
    const names = contents.functions.map(({ functionName }) => functionName);
    const states = Object.values(
      contents.stateMachines[0]!.definition.States as Record<string, { Parameters?: { FunctionName: string } }>,
    );
    const invoked = states.flatMap(({ Parameters }) => (Parameters === undefined ? [] : [Parameters.FunctionName]));
    expect(invoked).toHaveLength(10);
    for (const name of [
      ...invoked,
      ...contents.routes.map(({ functionName }) => functionName),
      ...contents.atDeployment,
    ])
      expect(names).toContain(name);
  });

  test('reads the routes back as they were declared', () => {
    const declared = functions.flatMap(({ name, routes = [] }) =>
      routes.map(({ method, path, auth }) => ({ method, path, auth, functionName: `countersign-dev-${name}` })),
    );
    expect(contents.routes).toHaveLength(declared.length);
    expect(contents.routes).toEqual(expect.arrayContaining(declared));
  });

  test('reads the table in the shape that CreateTable takes', () => {
    expect(contents.tables).toEqual([
      {
        TableName: 'countersign-dev',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
          IndexName,
          KeySchema: [
            { AttributeName: `${IndexName}pk`, KeyType: 'HASH' },
            { AttributeName: `${IndexName}sk`, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        })),
      },
    ]);
  });

  test('puts a location of one’s own into names and ARNs', () => {
    const elsewhere = readTemplates(stacks, { account: '123456789012', region: 'eu-central-1', partition: 'aws' });
    expect(elsewhere.functions[0]!.environment).toMatchObject({
      COUNTERSIGN_ARTIFACTS_BUCKET: 'countersign-dev-artifacts-123456789012-eu-central-1',
      COUNTERSIGN_STATE_MACHINE_PREFIX: 'arn:aws:states:eu-central-1:123456789012:stateMachine:countersign-dev-',
    });
  });

  test('refuses an intrinsic function that it does not know', () => {
    const template = {
      Resources: { Rule: { Type: 'AWS::Events::Rule', Properties: { Name: { 'Fn::Split': ['-', 'a-b'] } } } },
    };
    expect(() => readTemplates([{ name: 'odd', template }])).toThrow(/Fn::Split in stack odd/);
  });

  test('comes after a synthesis that leaves nothing on disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-read-template-'));
    vi.stubEnv('TMPDIR', folder);
    try {
      expect(stacksOf('dev')).toHaveLength(3);
      expect(readdirSync(folder).filter((name) => name.startsWith('countersign'))).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
