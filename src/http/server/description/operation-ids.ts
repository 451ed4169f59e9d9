/** What clients that are generated from `/openapi.json` call their functions. */
import {
  type WebhookType,
  webhookTypeNames,
  webhookTypes,
} from '../../../core/updates/fields/webhook-type.ts';

const incoming = '/api/v1/webhooks/incoming';
const outgoing = '/api/v1/webhooks/outgoing';

const ofOperators: Record<string, string> = {
  'POST /api/v1/session': 'signIn',
  'GET /api/v1/session': 'getSession',
  'DELETE /api/v1/session': 'signOut',
  'GET /api/v1/sessions': 'listSessions',
  'DELETE /api/v1/sessions/{id}': 'endSession',
  'POST /api/v1/calls': 'saveCall',
  'GET /api/v1/calls': 'listCalls',
  'GET /api/v1/calls.csv': 'exportCalls',
  'POST /api/v1/calls.csv': 'exportSelectedCalls',
  'GET /api/v1/calls/{id}': 'getCall',
  'PATCH /api/v1/calls/{id}': 'updateCall',
  'POST /api/v1/calls/{id}/complete': 'completeCall',
  'GET /api/v1/calls/{id}/timeline': 'getCallTimeline',
  'POST /api/v1/calls/twilio/status': 'receiveTwilioStatus',
  'GET /api/v1/calls/twilio/status': 'receiveTwilioStatusByGet',
  'GET /api/v1/campaigns': 'listCampaigns',
  'GET /api/v1/publishers': 'listPublishers',
  'GET /api/v1/buyers': 'listBuyers',
  'GET /api/v1/call-data': 'getCallData',
  'POST /api/v1/views': 'createView',
  'GET /api/v1/views': 'listViews',
  'PATCH /api/v1/views/{id}': 'updateView',
  'DELETE /api/v1/views/{id}': 'deleteView',
  'GET /api/v1/fields': 'listFields',
  'GET /api/v1/presets': 'listPresets',
  'GET /api/v1/events': 'streamEvents',
  [`POST ${incoming}`]: 'createIncomingWebhook',
  [`GET ${incoming}`]: 'listIncomingWebhooks',
  [`GET ${incoming}/{id}`]: 'getIncomingWebhook',
  [`PATCH ${incoming}/{id}`]: 'updateIncomingWebhook',
  [`DELETE ${incoming}/{id}`]: 'deleteIncomingWebhook',
  [`POST ${incoming}/{id}/rotate-key`]: 'rotateKey',
  [`POST ${incoming}/{id}/rotate-signing-secret`]: 'rotateSigningSecret',
  [`GET ${incoming}/{id}/rejections`]: 'countRejections',
  [`POST ${incoming}/{id}/test`]: 'testIncomingWebhook',
  [`POST ${incoming}/{id}/undo`]: 'undoPostbacks',
  [`POST ${incoming}/{id}/replay-kept`]: 'replayKeptRequests',
  [`POST ${incoming}/{id}/explain`]: 'explainRequest',
  'GET /api/v1/webhooks/activity': 'getWebhookActivity',
  [`POST ${outgoing}`]: 'createOutgoingWebhook',
  [`GET ${outgoing}`]: 'listOutgoingWebhooks',
  [`GET ${outgoing}/{id}`]: 'getOutgoingWebhook',
  [`PATCH ${outgoing}/{id}`]: 'updateOutgoingWebhook',
  [`DELETE ${outgoing}/{id}`]: 'deleteOutgoingWebhook',
  [`POST ${outgoing}/{id}/rotate-secret`]: 'rotateSecret',
  [`POST ${outgoing}/{id}/test`]: 'testOutgoingWebhook',
  [`POST ${outgoing}/{id}/render`]: 'renderEvent',
  [`POST ${outgoing}/render`]: 'renderSettings',
  [`POST ${outgoing}/{id}/replay`]: 'replayDeliveries',
  'GET /api/v1/deliveries': 'listDeliveries',
  'GET /api/v1/deliveries/{id}': 'getDelivery',
  'POST /api/v1/deliveries/{id}/replay': 'replayDelivery',
  'GET /api/v1/postbacks': 'listPostbacks',
  'GET /api/v1/postbacks/{id}': 'getPostback',
  'POST /api/v1/postbacks/{id}/replay': 'replayPostback',
  'POST /api/v1/postbacks/{id}/undo': 'undoPostback',
  'POST /api/v1/postbacks/{id}/attach': 'attachPostback',
  'POST /api/v1/postbacks/{id}/dismiss': 'dismissPostback',
  'GET /api/v1/reports/calls': 'reportCalls',
  'GET /api/v1/overview/activity': 'getActivity',
  'GET /api/v1/overview/attention': 'getAttention',
  'POST /api/v1/overview/acknowledgements': 'acknowledgeAttention',
  'DELETE /api/v1/overview/acknowledgements/{id}': 'withdrawAcknowledgement',
  'POST /api/v1/postbacks/replay-rejected': 'replayRejectedPostbacks',
  'GET /api/v1/account': 'getAccount',
  'PATCH /api/v1/account': 'updateAccount',
  'POST /api/v1/accounts': 'createAccount',
  'GET /api/v1/accounts': 'listAccounts',
  'POST /api/v1/tokens': 'createToken',
  'GET /api/v1/tokens': 'listTokens',
  'DELETE /api/v1/tokens/{id}': 'revokeToken',
  'GET /api/v1/audit': 'listAuditEvents',
  'POST /api/v1/session/password': 'signInWithPassword',
  'PATCH /api/v1/session/password': 'changePassword',
  'POST /api/v1/session/password-reset': 'requestPasswordReset',
  'GET /api/v1/session/options': 'getSignInOptions',
  'POST /api/v1/session/invitation': 'acceptInvitation',
  'GET /api/v1/call-totals': 'sumCalls',
  'POST /api/v1/call-changes': 'changeCalls',
  'POST /api/v1/postbacks/attach-matching': 'attachMatchingPostbacks',
  'GET /api/v1/first-steps': 'getFirstSteps',
  'PATCH /api/v1/first-steps': 'updateFirstSteps',
  'POST /api/v1/sample-data': 'loadSampleData',
  'DELETE /api/v1/sample-data': 'removeSampleData',
  'POST /api/v1/people': 'invitePerson',
  'GET /api/v1/people': 'listPeople',
  'PATCH /api/v1/people/{id}': 'updatePerson',
  'DELETE /api/v1/people/{id}': 'removePerson',
  'POST /api/v1/people/{id}/invitation': 'renewInvitation',
  'POST /api/v1/imports': 'importFile',
  'POST /api/v1/reconciliations': 'reconcileStatement',
  'POST /api/v1/files/inspect': 'inspectFile',
  'GET /healthz': 'checkHealth',
  'GET /readyz': 'checkReadiness',
  'GET /metrics': 'readMetrics',
  'GET /openapi.json': 'readDescription',
};

const verbs: Record<WebhookType, string> = {
  update_fields: 'updateFields',
  update_revenue: 'updateRevenue',
  update_tags: 'updateTags',
  calls: 'sendCall',
  call_data: 'sendCallData',
};

const ofSenders = Object.fromEntries(
  webhookTypeNames.flatMap((type) => {
    const path = `/${webhookTypes[type].path}`;
    return [
      [`POST ${path}`, verbs[type]],
      [`GET ${path}`, `${verbs[type]}ByGet`],
      [`GET ${path}.gif`, `${verbs[type]}ByPixel`],
      [`POST ${path}.gif`, `${verbs[type]}ForPixel`],
      [`POST ${path}/batch`, `${verbs[type]}Batch`],
    ];
  }),
);

const known: Record<string, string> = { ...ofOperators, ...ofSenders };

/** @param path with its parameters as `{id}` */
export function operationIdOf(method: string, path: string): string {
  return known[`${method.toUpperCase()} ${path}`] ?? derive(method, path);
}

/** A route that has no name here yet: `getThingsOther`. */
function derive(method: string, path: string): string {
  const words = path.replace('/api/v1', '').split(/\W+/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
