import { expect, test } from 'vitest';
import { environmentOf, environments } from '../../lib/infra/environments.ts';
import { functionVariables } from '../../lib/infra/function-variables.ts';
import type { Place } from '../../lib/infra/place.ts';
import { executionLink, executionPage } from '../../lib/platform/mail/status-link.ts';
import { readSettings } from '../../lib/platform/settings.ts';

const place = {
  tableName: 'countersign-dev',
  bucketName: 'artifacts',
  stateMachinePrefix: 'arn:aws:states:eu-west-1:111122223333:stateMachine:countersign-dev-',
} as Place;

/** What a function of an environment with these settings knows. */
function settingsWith(changes: object) {
  const environment = environmentOf('dev', { dev: { ...(environments.dev as object), ...changes } });
  return readSettings(functionVariables(environment, place, 'https://api.example.com/api'));
}

test('without an address for status pages, mails name the execution and link to nothing', () => {
  const settings = settingsWith({});
  expect(settings).not.toHaveProperty('statusUrl');
  expect(executionPage(settings, 'ex-1')).toBeUndefined();
  expect(executionLink(settings, 'ex-1')).toEqual({ block: 'facts', rows: [['Execution', 'ex-1']] });
});

test('with one, they link to it and never to the API', () => {
  const settings = settingsWith({ statusUrl: 'https://status.example.com/countersign/' });
  expect(executionLink(settings, 'ex-1')).toMatchObject({
    block: 'link',
    url: 'https://status.example.com/countersign/status/ex-1',
  });
});

test('what is no address is refused by its place', () => {
  expect(() => settingsWith({ statusUrl: 'status.example.com' })).toThrow(/environment dev/);
});
