import { renderExecutionPage } from '../../lib/pages/execution-page.ts';
import { pageHeaders } from '../../lib/pages/page-headers.ts';
import { renderStatusPage } from '../../lib/pages/status-page.ts';
import { callerOf, executionIdOf } from '../../lib/platform/api/request.ts';
import { executionPageView, statusView } from '../../lib/platform/api/status-view.ts';
import { apiHandler } from '../api-handler.ts';

/** GET /status and /status/{executionId}: pages for operators. */
export const handler = apiHandler(async (event, runtime) => {
  callerOf(event);
  const body =
    event.pathParameters === null
      ? renderStatusPage(await statusView(runtime, event.queryStringParameters?.cursor))
      : renderExecutionPage(await executionPageView(runtime, executionIdOf(event)));
  const https = runtime.settings.baseUrl.startsWith('https:');
  return { statusCode: 200, headers: pageHeaders({ https }), body };
});
