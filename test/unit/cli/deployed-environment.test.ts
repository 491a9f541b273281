import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployedAddress, deployedVariables } from '../../../lib/cli/deployed-environment.ts';
import { readSettings } from '../../../lib/platform/settings.ts';
import { KEYS, REGION, startLambda } from './support/aws-api.ts';
import { deployedFunctions } from './support/deployed-functions.ts';

const deployed = deployedFunctions('dev');

let lambda: Awaited<ReturnType<typeof startLambda>>;
const client = () => new LambdaClient({ endpoint: lambda.url, region: REGION, credentials: KEYS, maxAttempts: 1 });
beforeAll(async () => {
  lambda = await startLambda(deployed);
});
afterAll(() => lambda.close());

describe('the settings of an environment as it is deployed', () => {
  test('are everything that any of its functions knows, from a handful of them', async () => {
    const variables = await deployedVariables('dev', client());
    const all = Object.assign({}, ...Object.values(deployed)) as Record<string, string>;
    expect(Object.keys(all).length).toBeGreaterThan(10);
    expect(variables).toEqual(all);
    expect(readSettings(variables)).toMatchObject({ environment: 'dev', table: 'countersign-dev' });
    expect(variables.COUNTERSIGN_UNLEASH_ADMIN_TOKEN_SECRET).toBe('countersign/dev/unleash-admin-token');
    expect(lambda.asked.length).toBeLessThan(Object.keys(deployed).length);
  });

  test('tell the address of the API', async () => {
    expect(await deployedAddress('dev', client())).toBe(deployed['countersign-dev-health']?.COUNTERSIGN_BASE_URL);
  });

  test('are missing where nothing is deployed, and the answer says where to look', async () => {
    await expect(deployedVariables('prod', client())).rejects.toMatchObject({ code: 'OutOfReach' });
    await expect(deployedAddress('prod', client())).rejects.toThrow(
      /no function countersign-prod-health.*--profile and --region/,
    );
  });

  test('that the caller may not read are said to be so, without the words of AWS', async () => {
    const stranger = new LambdaClient({
      endpoint: lambda.url,
      region: REGION,
      credentials: { accessKeyId: 'STRANGER', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    await expect(deployedVariables('dev', stranger)).rejects.toMatchObject({
      code: 'NotLetIn',
      message: expect.stringContaining('AWS does not know these credentials') as string,
    });
  });
});
