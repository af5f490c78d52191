import type * as z from 'zod';
import {
	accountListSchema,
	accountViewSchema,
	exportedAccountSchema,
	redeemedResetSchema,
	refreshedAccountsSchema,
} from './accountApi.js';
import { createdKeySchema, keyListSchema, keyViewSchema } from './keyApi.js';
import { explainedRequestSchema, requestListSchema } from './requestApi.js';
import { windowHistorySchema } from './forecastApi.js';
import { poolStateSchema } from './poolApi.js';
import { sessionListSchema, sessionViewSchema } from './sessionApi.js';
import { signInSchema } from './signInApi.js';
import { usageReportSchema } from './usageApi.js';
import { modelListSchema } from './modelApi.js';

/**
 * The management API: what every face (panel, status bar, commands, command line) asks of the runtime. Guarded by the
 * admin token of the runtime file. In all of it times are epoch milliseconds and percentages 0–100; a missing figure is
 * `null`, never 0.
 *
 * Every route, so that server and client cannot drift. `:id` is a path parameter.
 * `GET /pool/api/events` is a WebSocket that sends one PoolState per text frame, the newest at once on connection.
 */
export const managementRoutes = {
	state: ['GET', '/pool/api/state'],
	events: ['GET', '/pool/api/events'],
	changePool: ['PATCH', '/pool/api/pool'],
	importAccounts: ['POST', '/pool/api/accounts/import'],
	changeAccount: ['PATCH', '/pool/api/accounts/:id'],
	removeAccount: ['DELETE', '/pool/api/accounts/:id'],
	orderAccounts: ['POST', '/pool/api/accounts/order'],
	exportAccount: ['POST', '/pool/api/accounts/:id/export'],
	refreshAccount: ['POST', '/pool/api/accounts/:id/refresh-usage'],
	refreshAccounts: ['POST', '/pool/api/accounts/refresh-usage'],
	redeemReset: ['POST', '/pool/api/accounts/:id/redeem-reset'],
	startSignIn: ['POST', '/pool/api/sign-ins'],
	readSignIn: ['GET', '/pool/api/sign-ins/:id'],
	finishSignIn: ['POST', '/pool/api/sign-ins/:id/finish'],
	cancelSignIn: ['DELETE', '/pool/api/sign-ins/:id'],
	listKeys: ['GET', '/pool/api/keys'],
	createKey: ['POST', '/pool/api/keys'],
	changeKey: ['PATCH', '/pool/api/keys/:id'],
	rotateKey: ['POST', '/pool/api/keys/:id/rotate'],
	revokeKey: ['DELETE', '/pool/api/keys/:id'],
	revealDefaultKey: ['POST', '/pool/api/keys/default/reveal'],
	listSessions: ['GET', '/pool/api/sessions'],
	moveSession: ['PATCH', '/pool/api/sessions/:id'],
	forgetSession: ['DELETE', '/pool/api/sessions/:id'],
	listRequests: ['GET', '/pool/api/requests'],
	/** `:id` may be the beginning of a request id, or `latest`. */
	explainRequest: ['GET', '/pool/api/requests/:id'],
	readUsage: ['GET', '/pool/api/usage'],
	readWindowHistory: ['GET', '/pool/api/accounts/:id/window-history'],
	listModels: ['GET', '/pool/api/models'],
	changeExposure: ['PATCH', '/pool/api/models'],
	setAlias: ['POST', '/pool/api/models/aliases'],
	removeAlias: ['DELETE', '/pool/api/models/aliases/:id'],
	shutDown: ['POST', '/pool/api/shut-down'],
} as const satisfies Record<string, readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', `/pool/api/${string}`]>;

/** What each route answers on success; null is 204 without a body. Failures answer `errorBodySchema`. */
export const managementReplies = {
	state: poolStateSchema,
	changePool: poolStateSchema,
	importAccounts: accountListSchema,
	changeAccount: accountViewSchema,
	removeAccount: null,
	orderAccounts: accountListSchema,
	exportAccount: exportedAccountSchema,
	refreshAccount: accountViewSchema,
	refreshAccounts: refreshedAccountsSchema,
	redeemReset: redeemedResetSchema,
	startSignIn: signInSchema,
	readSignIn: signInSchema,
	finishSignIn: signInSchema,
	cancelSignIn: null,
	listKeys: keyListSchema,
	createKey: createdKeySchema,
	changeKey: keyViewSchema,
	rotateKey: createdKeySchema,
	revokeKey: null,
	revealDefaultKey: createdKeySchema,
	listSessions: sessionListSchema,
	moveSession: sessionViewSchema,
	forgetSession: null,
	listRequests: requestListSchema,
	explainRequest: explainedRequestSchema,
	readUsage: usageReportSchema,
	readWindowHistory: windowHistorySchema,
	listModels: modelListSchema,
	changeExposure: modelListSchema,
	setAlias: modelListSchema,
	removeAlias: null,
	shutDown: null,
} as const satisfies Record<Exclude<keyof typeof managementRoutes, 'events'>, z.ZodType | null>;
