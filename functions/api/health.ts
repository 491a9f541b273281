import { checkHealth } from '../../lib/platform/api/health.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /healthz: 200 when the system can work, 503 when it cannot. */
export const handler = apiHandler(async (_event, runtime) => {
  const health = await checkHealth(runtime);
  return respond(health.status === 'ok' ? 200 : 503, health);
});
