import type { Presets } from '../core/mapping/preset.ts';
import * as accounts from './access/accounts.ts';
import * as audit from './access/audit.ts';
import * as passwords from './access/passwords.ts';
import * as people from './access/people.ts';
import * as sessions from './access/sessions.ts';
import * as links from './access/sign-in-links.ts';
import * as tokens from './access/tokens.ts';
import * as callEvents from './calls/call-events.ts';
import * as calls from './calls/calls.ts';
import { listCalls } from './calls/list/call-list.ts';
import { listNames } from './calls/list/call-names.ts';
import { resolveSearch } from './calls/list/call-search.ts';
import { listSortedCalls } from './calls/list/sorted-calls.ts';
import { findOtherIds, hasOtherIds } from './calls/other-ids.ts';
import * as overdueCalls from './calls/overdue-calls.ts';
import { changeSmallTables, type Db } from './database/connections/db.ts';
import { withDb, withDbAndNow } from './database/connections/with-db.ts';
import { CommitLost, isUnavailable } from './database/failure.ts';
import { latestVersion, readSchemaVersion } from './database/migrate.ts';
import * as retention from './maintenance/retention.ts';
import * as sampleData from './maintenance/sample-data.ts';
import { createOutgoingStore } from './outgoing/outgoing-store.ts';
import * as attach from './postbacks/attach.ts';
import { listCallData } from './postbacks/call-data.ts';
import { expireWaiting } from './postbacks/expire-waiting.ts';
import { recordInvalidKeys } from './postbacks/invalid-keys.ts';
import * as kept from './postbacks/kept.ts';
import { listMatching } from './postbacks/matching.ts';
import { findNearest } from './postbacks/nearest.ts';
import * as postbackLog from './postbacks/postback-log.ts';
import { countRejectedRepeats } from './postbacks/rejected-repeats.ts';
import * as replays from './postbacks/replays.ts';
import * as undo from './postbacks/undo.ts';
import * as acknowledgements from './reports/acknowledgements.ts';
import * as activity from './reports/activity.ts';
import * as attention from './reports/attention.ts';
import { readBacklog } from './reports/backlog.ts';
import * as callReport from './reports/call-report.ts';
import { totalCalls } from './reports/call-totals.ts';
import { readChangeVersions } from './reports/change-versions.ts';
import * as reconcile from './reports/reconcile.ts';
import * as views from './views/saved-views.ts';
import * as webhookActivity from './webhooks/webhook-activity.ts';
import * as webhookKeys from './webhooks/webhook-keys.ts';
import * as webhooks from './webhooks/webhooks.ts';
import { previewPostbacks, writePostbacks } from './writer/write-postbacks.ts';

export type Store = ReturnType<typeof createStore>;

/**
 * Everything that other folders may ask of the database, on one connection. `now` gives instants.
 * @param presets needed where requests are read by a webhook's settings
 */
export function createStore(db: Db, now: () => string, presets: Presets = new Map()) {
  return {
    ...withDb(db, {
      listAccounts: accounts.listAccounts,
      findSignIns: passwords.findSignIns,
      listPeople: people.listPeople,
      listTokens: tokens.listTokens,
      listAuditEvents: audit.listAuditEvents,
      readFirstSteps: sampleData.readFirstSteps,
      hideFirstSteps: sampleData.hideFirstSteps,
      removeLateSample: sampleData.removeLateSample,
      findPeopleByEmail: passwords.findByEmail,
      findPasswordHash: passwords.findPasswordHash,
      listWebhooks: webhooks.listWebhooks,
      findWebhook: webhooks.findWebhook,
      listKept: kept.listKept,
      countByWebhook: webhookActivity.countByWebhook,
      findLastPostbacks: webhookActivity.findLastPostbacks,
      countRejectionsOf: webhookActivity.countRejectionsOf,
      recordCallEvent: callEvents.recordCallEvent,
      listOverdueCalls: overdueCalls.listOverdueCalls,
      listCalls,
      listSortedCalls,
      listViews: views.listViews,
      resolveSearch,
      totalCalls,
      listNames,
      listTimeline: calls.listTimeline,
      hasOtherIds,
      findOtherIds,
      listPostbacks: postbackLog.listPostbacks,
      countInvalidKeys: attention.countInvalidKeys,
      findPostback: postbackLog.findPostback,
      listMatching,
      findNearest,
      findRecordedPostback: replays.findRecordedPostback,
      listReplayable: replays.listReplayable,
      listAcknowledgements: acknowledgements.listAcknowledgements,
      removeEnded: acknowledgements.removeEnded,
      findUndoTarget: undo.findUndoTarget,
      listUndoTargets: undo.listUndoTargets,
      previewPostbacks,
      readAmounts: reconcile.readAmounts,
      listAmounts: reconcile.listAmounts,
      matchNumberedLines: reconcile.matchNumberedLines,
      matchMaskedLines: reconcile.matchMaskedLines,
      reportCalls: callReport.reportCalls,
      countOutcomes: activity.countOutcomes,
      countWaitingOf: activity.countWaiting,
      countRejections: attention.countRejections,
      countSince: attention.countSince,
      readActiveWebhooks: attention.readActiveWebhooks,
      readActivePartners: attention.readActivePartners,
      countWaitingUpdates: attention.countWaitingUpdates,
      readBacklog,
      listAccountIds: retention.listAccountIds,
      removeOld: retention.removeOld,
    }),
    ...withDbAndNow(db, now, {
      addAccount: accounts.addAccount,
      changeAccount: accounts.changeAccount,
      createSession: sessions.createSession,
      findSession: sessions.findSession,
      listSessions: sessions.listSessions,
      endSession: sessions.endSession,
      createSignInLink: links.createSignInLink,
      takeSignInLink: links.takeSignInLink,
      findEnded: sessions.findEnded,
      deleteSession: sessions.deleteSession,
      invitePerson: people.invitePerson,
      replacePersonLink: passwords.replaceLink,
      findPersonLink: passwords.findLink,
      takePersonLink: passwords.takeLink,
      changePerson: people.changePerson,
      changePassword: passwords.changePassword,
      removePerson: people.removePerson,
      findTokenOwner: tokens.findTokenOwner,
      createToken: tokens.createToken,
      revokeToken: tokens.revokeToken,
      acknowledge: acknowledgements.acknowledge,
      withdrawAcknowledgement: acknowledgements.withdrawAcknowledgement,
      createView: views.createView,
      changeView: views.changeView,
      deleteView: views.deleteView,
      beginSample: sampleData.beginSample,
      removeSample: sampleData.removeSample,
      createWebhook: webhooks.createWebhook,
      listSecretHashes: webhookKeys.listSecretHashes,
      ensureWebhook: webhooks.ensureWebhook,
      changeWebhook: webhooks.changeWebhook,
      deleteWebhook: webhooks.deleteWebhook,
      rotateKey: webhookKeys.rotateKey,
      rotateSigningSecret: webhookKeys.rotateSigningSecret,
      completeOverdueCall: overdueCalls.completeOverdueCall,
      countRejectedRepeats,
      recordInvalidKeys,
      attachWaiting: attach.attachWaiting,
      dismissPostback: attach.dismissPostback,
      listCallData,
      expireWaiting,
      recordUndo: undo.recordUndo,
      writePostbacks,
    }),
    ensureFirstAccount: (tokenHash: Buffer) =>
      changeSmallTables(db.pool, (client) => accounts.ensureFirstAccount(client, tokenHash, now())),
    findAccount: (accountId: string | null) => accounts.findAccount(db.pool, accountId),
    findWebhookByKey: (keyHash: Buffer) => webhookKeys.findWebhookByKey(db, keyHash, now(), presets),
    findMappedWebhooks: (accountId: string, name: string) =>
      webhookKeys.findMappedWebhooks(db, accountId, name, presets),
    findOwnWebhook: (accountId: string, webhookId: string) =>
      webhookKeys.findOwnWebhook(db, accountId, webhookId, presets),
    readCall: (accountId: string, callLogId: string) => calls.readCall(db.pool, accountId, callLogId),
    readChangeVersions: (accountIds: string[]) => readChangeVersions(db.pool, accountIds),
    recordAttachment: (
      attachment: attach.Attachment,
      actor: audit.Actor,
      status: { from: string; to: string },
    ) => attach.recordAttachment(db.pool, attachment, actor, status, now()),
    countUnmatched: <Code extends string>(accountId: string, codes: readonly Code[], nowMs: number) =>
      attention.countUnmatched(db, accountId, codes, nowMs),
    ...createOutgoingStore(db, now),
    schemaVersion: () => readSchemaVersion(db.pool),
    latestSchemaVersion: latestVersion(),
    isUnavailable,
    isOutcomeUnknown: (error: unknown) => error instanceof CommitLost,
  };
}

export type { Account, ListedAccount } from './access/accounts.ts';
export type { Actor, AuditEvent } from './access/audit.ts';
export type { FoundPerson } from './access/passwords.ts';
export type { Person } from './access/people.ts';
export type { ListedSession } from './access/sessions.ts';
export type { Token, TokenOwner } from './access/tokens.ts';
export type { TimelineItem } from './calls/calls.ts';
export type { CallFilter } from './calls/list/call-filter.ts';
export type { CallCursor } from './calls/list/call-list.ts';
export type { CallSort, SortedCursor } from './calls/list/sorted-calls.ts';
export type { OverdueCall } from './calls/overdue-calls.ts';
export type { RetentionCursor, RetentionKind } from './maintenance/retention.ts';
export type { SampleData } from './maintenance/sample-data.ts';
export type {
  ClaimedDelivery,
  Delivery,
  FinishedAttempt,
  FollowedWebhook,
  ListedOutgoing,
  OutgoingSettings,
  OutgoingWebhook,
  SendingWebhook,
} from './outgoing/outgoing-store.ts';
export type { Attachment } from './postbacks/attach.ts';
export type { InvalidKeyRow } from './postbacks/invalid-keys.ts';
export type { KeptPostback } from './postbacks/kept.ts';
export type { MatchingFilter } from './postbacks/matching.ts';
export type { LoggedPostback, PostbackFilter } from './postbacks/postback-log.ts';
export type { RecordedPostback } from './postbacks/replays.ts';
export type { UndoScope, UndoTarget } from './postbacks/undo.ts';
export type { ActiveWebhook } from './reports/attention.ts';
export type { Backlog } from './reports/backlog.ts';
export type { CallReport, ReportGroups, ReportScope, ReportSums } from './reports/call-report.ts';
export type { ChangeVersions } from './reports/change-versions.ts';
export type { MaskedCandidate, MaskedLine, NumberedLine, StatementScope } from './reports/reconcile.ts';
export type { SavedView } from './views/saved-views.ts';
export type { OutcomesOfWebhook } from './webhooks/webhook-activity.ts';
export type { KeyedWebhook, Webhook } from './webhooks/webhook-rows.ts';
export type { WebhookChanges } from './webhooks/webhooks.ts';
