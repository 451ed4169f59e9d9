import type { Presets } from '../core/mapping/preset.ts';
import type { Window } from '../core/reports/attention.ts';
import type { Postback } from '../core/updates/postback.ts';
import type { WriteMode } from '../core/updates/write-mode.ts';
import * as accounts from './access/accounts.ts';
import * as audit from './access/audit.ts';
import * as people from './access/people.ts';
import * as sessions from './access/sessions.ts';
import * as links from './access/sign-in-links.ts';
import * as tokens from './access/tokens.ts';
import * as callEvents from './calls/call-events.ts';
import type { CallFilter } from './calls/call-filter.ts';
import { type CallCursor, listCalls } from './calls/call-list.ts';
import { listNames, type NameColumn } from './calls/call-names.ts';
import { resolveSearch } from './calls/call-search.ts';
import * as calls from './calls/calls.ts';
import * as overdueCalls from './calls/overdue-calls.ts';
import { type Db, inTransaction } from './database/db.ts';
import { CommitLost, isUnavailable } from './database/failure.ts';
import { latestVersion, readSchemaVersion } from './database/migrate.ts';
import * as retention from './maintenance/retention.ts';
import * as sampleData from './maintenance/sample-data.ts';
import { createOutgoingStore } from './outgoing/outgoing-store.ts';
import * as attach from './postbacks/attach.ts';
import { listCallData } from './postbacks/call-data.ts';
import { expireWaiting } from './postbacks/expire-waiting.ts';
import { type InvalidKeyRow, recordInvalidKeys } from './postbacks/invalid-keys.ts';
import * as kept from './postbacks/kept.ts';
import { listMatching, type MatchingFilter } from './postbacks/matching.ts';
import { findNearest, type Sought } from './postbacks/nearest.ts';
import * as postbackLog from './postbacks/postback-log.ts';
import { countRejectedRepeats, type RejectedRepeat } from './postbacks/rejected-repeats.ts';
import * as replays from './postbacks/replays.ts';
import * as undo from './postbacks/undo.ts';
import * as activity from './reports/activity.ts';
import * as attention from './reports/attention.ts';
import { readBacklog } from './reports/backlog.ts';
import * as callReport from './reports/call-report.ts';
import { totalCalls } from './reports/call-totals.ts';
import { readChangeVersions } from './reports/change-versions.ts';
import * as reconcile from './reports/reconcile.ts';
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
    ensureFirstAccount: (tokenHash: Buffer) =>
      inTransaction(db.pool, (client) => accounts.ensureFirstAccount(client, tokenHash, now())),
    findAccount: (accountId: string | null) => accounts.findAccount(db.pool, accountId),
    addAccount: (account: accounts.NewAccount, tokenHash: Buffer, actor: audit.Actor) =>
      accounts.addAccount(db, account, tokenHash, actor, now()),
    listAccounts: (limit: number, after: string | null) => accounts.listAccounts(db, limit, after),
    changeAccount: (accountId: string, changes: accounts.AccountChanges, actor: audit.Actor) =>
      accounts.changeAccount(db, accountId, changes, actor, now()),

    createSession: (session: sessions.NewSession, actor: audit.Actor) =>
      sessions.createSession(db, session, actor, now()),
    findSession: (sessionHash: Buffer) => sessions.findSession(db, sessionHash, now()),
    listSessions: (accountId: string) => sessions.listSessions(db, accountId, now()),
    endSession: (accountId: string, sessionId: string, actor: audit.Actor) =>
      sessions.endSession(db, accountId, sessionId, actor, now()),
    createSignInLink: (linkHash: Buffer, tokenHash: Buffer, expiresAt: string) =>
      links.createSignInLink(db, linkHash, tokenHash, expiresAt, now()),
    takeSignInLink: (linkHash: Buffer) => links.takeSignInLink(db, linkHash, now()),
    findEnded: (secretHashes: Buffer[]) => sessions.findEnded(db, secretHashes, now()),
    deleteSession: (accountId: string, sessionHash: Buffer, actor: audit.Actor) =>
      sessions.deleteSession(db, accountId, sessionHash, actor, now()),

    invitePerson: (accountId: string, person: people.NewPerson, link: people.NewLink, actor: audit.Actor) =>
      people.invitePerson(db, accountId, person, link, actor, now()),
    renewPersonLink: (accountId: string, personId: string, link: people.NewLink, actor: audit.Actor) =>
      people.renewLink(db, accountId, personId, link, actor, now()),
    findPersonLink: (linkHash: Buffer) => people.findLink(db, linkHash, now()),
    takePersonLink: (linkHash: Buffer, passwordHash: string, sourceIp: string) =>
      people.takeLink(db, linkHash, passwordHash, sourceIp, now()),
    findSignIns: (email: string) => people.findSignIns(db, email),
    listPeople: (accountId: string, limit: number, before: string | null) =>
      people.listPeople(db, accountId, limit, before),
    changePerson: (accountId: string, personId: string, changes: people.PersonChanges, actor: audit.Actor) =>
      people.changePerson(db, accountId, personId, changes, actor, now()),
    removePerson: (accountId: string, personId: string, actor: audit.Actor) =>
      people.removePerson(db, accountId, personId, actor, now()),

    findTokenOwner: (tokenHash: Buffer) => tokens.findTokenOwner(db, tokenHash, now()),
    createToken: (accountId: string, token: tokens.NewToken, tokenHash: Buffer, actor: audit.Actor) =>
      tokens.createToken(db, accountId, token, tokenHash, actor, now()),
    listTokens: (accountId: string, limit: number, before: string | null) =>
      tokens.listTokens(db, accountId, limit, before),
    revokeToken: (accountId: string, tokenId: string, actor: audit.Actor) =>
      tokens.revokeToken(db, accountId, tokenId, actor, now()),
    listAuditEvents: (accountId: string, filter: audit.AuditFilter, limit: number, before: string | null) =>
      audit.listAuditEvents(db, accountId, filter, limit, before),

    readFirstSteps: (accountId: string) => sampleData.readFirstSteps(db, accountId),
    beginSample: (
      accountId: string,
      callLogIds: string[],
      webhook: webhooks.NewWebhook,
      keyHash: Buffer,
      actor: audit.Actor,
    ) => sampleData.beginSample(db, accountId, callLogIds, webhook, keyHash, actor, now()),
    removeSample: (accountId: string, actor: audit.Actor) =>
      sampleData.removeSample(db, accountId, actor, now()),

    createWebhook: (accountId: string, settings: webhooks.NewWebhook, keyHash: Buffer, actor: audit.Actor) =>
      webhooks.createWebhook(db, accountId, settings, keyHash, actor, now()),
    listWebhooks: (accountId: string, limit: number, before: string | null) =>
      webhooks.listWebhooks(db, accountId, limit, before),
    findWebhook: (accountId: string, webhookId: string) => webhooks.findWebhook(db, accountId, webhookId),
    listSecretHashes: (max: number) => webhookKeys.listSecretHashes(db, max, now()),
    findWebhookByKey: (keyHash: Buffer) => webhookKeys.findWebhookByKey(db, keyHash, now(), presets),
    findMappedWebhooks: (accountId: string, name: string) =>
      webhookKeys.findMappedWebhooks(db, accountId, name, presets),
    listKept: (accountId: string, webhookId: string, limit: number, after: string | null) =>
      kept.listKept(db, accountId, webhookId, limit, after),
    findOwnWebhook: (accountId: string, webhookId: string) =>
      webhookKeys.findOwnWebhook(db, accountId, webhookId, presets),
    ensureWebhook: (accountId: string, settings: webhooks.NewWebhook, keyHash: Buffer, actor: audit.Actor) =>
      webhooks.ensureWebhook(db, accountId, settings, keyHash, actor, now()),
    changeWebhook: (
      accountId: string,
      webhookId: string,
      changes: webhooks.WebhookChanges,
      actor: audit.Actor,
    ) => webhooks.changeWebhook(db, accountId, webhookId, changes, actor, now()),
    deleteWebhook: (accountId: string, webhookId: string, actor: audit.Actor) =>
      webhooks.deleteWebhook(db, accountId, webhookId, actor, now()),
    rotateKey: (
      accountId: string,
      webhookId: string,
      keyHash: Buffer,
      oldKeysExpireAt: string,
      actor: audit.Actor,
    ) => webhookKeys.rotateKey(db, accountId, webhookId, keyHash, oldKeysExpireAt, actor, now()),
    rotateSigningSecret: (
      accountId: string,
      webhookId: string,
      secret: string,
      oldSecretExpiresAt: string,
      actor: audit.Actor,
    ) => webhookKeys.rotateSigningSecret(db, accountId, webhookId, secret, oldSecretExpiresAt, actor, now()),

    countByWebhook: (accountId: string, fromMs: number, toMs: number) =>
      webhookActivity.countByWebhook(db, accountId, fromMs, toMs),
    findLastPostbacks: (accountId: string, webhookId: string | null) =>
      webhookActivity.findLastPostbacks(db, accountId, webhookId),
    countRejectionsOf: (accountId: string, webhookId: string, fromMs: number) =>
      webhookActivity.countRejectionsOf(db, accountId, webhookId, fromMs),

    recordCallEvent: (event: callEvents.ReceivedEvent) => callEvents.recordCallEvent(db, event),
    listOverdueCalls: (startedBefore: string, limit: number, after: overdueCalls.OverdueCall | null) =>
      overdueCalls.listOverdueCalls(db, startedBefore, limit, after),
    completeOverdueCall: (call: overdueCalls.OverdueCall, startedBefore: string, by: string) =>
      overdueCalls.completeOverdueCall(db, call, startedBefore, by, now()),
    readCall: (accountId: string, callLogId: string) => calls.readCall(db.pool, accountId, callLogId),
    listCalls: (accountId: string, filter: CallFilter, limit: number, after: CallCursor | null) =>
      listCalls(db, accountId, filter, limit, after),
    resolveSearch: (accountId: string, filter: CallFilter) => resolveSearch(db, accountId, filter),
    totalCalls: (accountId: string, filter: CallFilter) => totalCalls(db, accountId, filter),
    listNames: (
      accountId: string,
      column: NameColumn,
      within: string | null,
      limit: number,
      after: string | null,
    ) => listNames(db, accountId, column, within, limit, after),
    listTimeline: (accountId: string, callLogId: string, limit: number, after: string | null) =>
      calls.listTimeline(db, accountId, callLogId, limit, after),

    readChangeVersions: (accountIds: string[]) => readChangeVersions(db.pool, accountIds),

    listPostbacks: (
      accountId: string,
      filter: postbackLog.PostbackFilter,
      limit: number,
      before: string | null,
    ) => postbackLog.listPostbacks(db, accountId, filter, limit, before),
    countRejectedRepeats: (repeat: RejectedRepeat, times: number) =>
      countRejectedRepeats(db, repeat, times, now()),
    recordInvalidKeys: (rows: InvalidKeyRow[]) => recordInvalidKeys(db, rows, now()),
    countInvalidKeys: (accountId: string, nowMs: number) => attention.countInvalidKeys(db, accountId, nowMs),
    findPostback: (accountId: string, postbackId: string) =>
      postbackLog.findPostback(db, accountId, postbackId),
    attachWaiting: (attachment: attach.Attachment, actor: audit.Actor) =>
      attach.attachWaiting(db, attachment, actor, now()),
    listMatching: (accountId: string, filter: MatchingFilter, limit: number) =>
      listMatching(db, accountId, filter, limit),
    recordAttachment: (
      attachment: attach.Attachment,
      actor: audit.Actor,
      status: { from: string; to: string },
    ) => attach.recordAttachment(db.pool, attachment, actor, status, now()),
    dismissPostback: (accountId: string, postbackId: string, reason: string, actor: audit.Actor) =>
      attach.dismissPostback(db, accountId, postbackId, reason, actor, now()),
    listCallData: (accountId: string, phoneNumber: string) => listCallData(db, accountId, phoneNumber, now()),
    expireWaiting: (accountId: string, limit: number) => expireWaiting(db, accountId, limit, now()),
    findNearest: (accountId: string, sought: Sought[]) => findNearest(db, accountId, sought),
    findRecordedPostback: (accountId: string, postbackId: string) =>
      replays.findRecordedPostback(db, accountId, postbackId),
    findUndoTarget: (accountId: string, postbackId: string) => undo.findUndoTarget(db, accountId, postbackId),
    listUndoTargets: (
      accountId: string,
      scope: undo.UndoScope,
      of: { before: string | null; limit: number } | { callLogIds: string[] },
    ) => undo.listUndoTargets(db, accountId, scope, of),
    recordUndo: (accountId: string, scope: undo.UndoScope, webhookName: string, actor: audit.Actor) =>
      undo.recordUndo(db, accountId, scope, webhookName, actor, now()),
    previewPostbacks: (accountId: string, postbacks: Postback[]) =>
      previewPostbacks(db, accountId, postbacks),
    writePostbacks: (accountId: string, postbacks: Postback[], mode: WriteMode) =>
      writePostbacks(db, accountId, postbacks, mode, now()),

    readAmounts: (accountId: string, scope: reconcile.StatementScope, callLogIds: string[]) =>
      reconcile.readAmounts(db, accountId, scope, callLogIds),
    listAmounts: (
      accountId: string,
      scope: reconcile.StatementScope,
      limit: number,
      after: CallCursor | null,
    ) => reconcile.listAmounts(db, accountId, scope, limit, after),
    matchNumberedLines: (
      accountId: string,
      scope: reconcile.StatementScope,
      lines: reconcile.NumberedLine[],
    ) => reconcile.matchNumberedLines(db, accountId, scope, lines),

    reportCalls: (accountId: string, scope: callReport.ReportScope, groups: callReport.ReportGroups) =>
      callReport.reportCalls(db, accountId, scope, groups),
    countOutcomes: (accountId: string, fromMs: number, toMs: number) =>
      activity.countOutcomes(db, accountId, fromMs, toMs),
    countWaitingOf: (accountId: string) => activity.countWaiting(db, accountId),
    countRejections: (accountId: string, nowMs: number) => attention.countRejections(db, accountId, nowMs),
    countSince: (accountId: string, webhookId: string, fromMs: number) =>
      attention.countSince(db, accountId, webhookId, fromMs),
    readActiveWebhooks: (accountId: string, windows: Window[]) =>
      attention.readActiveWebhooks(db, accountId, windows),
    readActivePartners: (accountId: string, column: 'publisher' | 'buyer', windows: Window[]) =>
      attention.readActivePartners(db, accountId, column, windows),
    countUnmatched: <Code extends string>(accountId: string, codes: readonly Code[], nowMs: number) =>
      attention.countUnmatched(db, accountId, codes, nowMs),
    countWaitingUpdates: (accountId: string, startedBefore: string) =>
      attention.countWaitingUpdates(db, accountId, startedBefore),

    ...createOutgoingStore(db, now),

    readBacklog: () => readBacklog(db),
    listAccountIds: () => retention.listAccountIds(db),
    removeOld: (
      kind: retention.RetentionKind,
      accountId: string,
      olderThan: string,
      after: retention.RetentionCursor | null,
    ) => retention.removeOld(db, kind, accountId, olderThan, after),
    schemaVersion: () => readSchemaVersion(db.pool),
    latestSchemaVersion: latestVersion(),
    isUnavailable,
    isOutcomeUnknown: (error: unknown) => error instanceof CommitLost,
  };
}

export type { Account, ListedAccount } from './access/accounts.ts';
export type { Actor, AuditEvent } from './access/audit.ts';
export type { Person } from './access/people.ts';
export type { ListedSession } from './access/sessions.ts';
export type { Token, TokenOwner } from './access/tokens.ts';
export type { CallFilter } from './calls/call-filter.ts';
export type { CallCursor } from './calls/call-list.ts';
export type { TimelineItem } from './calls/calls.ts';
export type { OverdueCall } from './calls/overdue-calls.ts';
export type { SampleData } from './maintenance/sample-data.ts';
export type {
  ClaimedDelivery,
  Delivery,
  DueWebhook,
  FinishedAttempt,
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
export type { NumberedLine, StatementScope } from './reports/reconcile.ts';
export type { OutcomesOfWebhook } from './webhooks/webhook-activity.ts';
export type { KeyedWebhook, Webhook } from './webhooks/webhook-rows.ts';
export type { WebhookChanges } from './webhooks/webhooks.ts';
