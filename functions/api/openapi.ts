import { openApiDocument } from '../../lib/platform/api/openapi.ts';
import { respond } from '../../lib/platform/api/respond.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /openapi.json */
export const handler = apiHandler(async (_event, runtime) =>
  respond(200, openApiDocument(runtime.skills, runtime.settings.baseUrl)),
);
