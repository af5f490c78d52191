import * as z from 'zod';
import { dropLimits } from './dropLimits.js';
import { accountChangeSchema, accountOrderSchema, prioritySchema, reserveSchema } from './accountApi.js';
import {
	modelExposureSchema,
	modelNameSchema,
	setAliasSchema,
	type ModelExposure,
	type ModelView,
	type SetAlias,
} from './modelApi.js';
import {
	changeKeySchema,
	createKeySchema,
	type CreatedKey,
	type CreateKey,
	type KeyChange,
	type KeyView,
} from './keyApi.js';
import type { WindowHistory } from './forecastApi.js';
import type { PanelTab } from './panelTabs.js';
import { poolChangeSchema, type PoolChange, type PoolState } from './poolApi.js';
import { usageQuerySchema, type UsageQuery, type UsageReport } from './usageApi.js';
import {
	requestListQuerySchema,
	type ExplainedRequest,
	type RequestList,
	type RequestListQuery,
} from './requestApi.js';
import type { SessionView } from './sessionApi.js';

/** The panel's contract: one file names every message, both sides import it, neither invents a string. */

/** What the panel shows. Tokens and keys are never part of it. */
export interface PanelState {
	/** `owner`: this window runs the pool. `follower`: another window or a command line does. */
	readonly connection: 'starting' | 'owner' | 'follower' | 'offline';
	/** One sentence on why it is offline or starting; null otherwise. */
	readonly problem: string | null;
	/** Null until the first snapshot has come. */
	readonly pool: PoolState | null;
	/** Whether Codex's own configuration points at this pool; null when it could not be read. */
	readonly codexConfigured: boolean | null;
	/** The same of OpenCode's. */
	readonly openCodeConfigured: boolean | null;
	/** Whether the user's settings keep e-mail addresses from the screen: then none is sent to the panel. */
	readonly hideEmails: boolean;
}

/** A file the user dropped onto the panel. Its text is passed on and kept nowhere. */
export interface DroppedFile {
	readonly name: string;
	readonly text: string;
}

/** What came of a drop. Each file is imported whole or not at all. */
export interface DropOutcome {
	/** Names of the accounts that are in the pool now. */
	readonly imported: readonly string[];
	readonly refused: readonly RefusedFile[];
}

export interface RefusedFile {
	readonly name: string;
	/** A sentence for the user. */
	readonly problem: string;
}

export interface PanelRequests {
	ready: { params: undefined; result: PanelState };
	'account/add': { params: undefined; result: undefined };
	'account/import': { params: undefined; result: undefined };
	'account/drop': { params: { files: readonly DroppedFile[] }; result: DropOutcome };
	'account/select': { params: { accountId: string; selected: boolean }; result: undefined };
	'account/pause': { params: { accountId: string; paused: boolean }; result: undefined };
	/** A name of null shows the e-mail. */
	'account/rename': { params: { accountId: string; name: string | null }; result: undefined };
	/** Every account, in the order the user wants to see them. */
	'account/order': { params: { accountIds: string[] }; result: undefined };
	/** When it is used, and how much of it is left to the user. */
	'account/spend': {
		params: { accountId: string; priority?: number | undefined; reservePercent?: number | undefined };
		result: undefined;
	};
	'account/signIn': { params: { accountId: string }; result: undefined };
	/** The editor warns, and asks where to. */
	'account/export': { params: { accountId: string }; result: undefined };
	/** The editor asks the user to confirm. */
	'account/remove': { params: { accountId: string }; result: undefined };
	'account/refresh': { params: { accountId: string }; result: undefined };
	'account/history': { params: { accountId: string; since: number }; result: WindowHistory };
	/** Spends a banked reset. The editor asks the user to confirm. */
	'account/redeemReset': { params: { accountId: string }; result: undefined };
	'pool/change': { params: PoolChange; result: undefined };
	'usage/read': { params: UsageQuery; result: UsageReport };
	'request/list': { params: RequestListQuery; result: RequestList };
	'request/explain': { params: { requestId: string }; result: ExplainedRequest };
	'model/list': { params: undefined; result: ModelView[] };
	/** Which names clients are shown. */
	'model/expose': { params: ModelExposure; result: undefined };
	/** Makes a name for a model, or changes what it stands for. */
	'alias/set': { params: SetAlias; result: undefined };
	'alias/remove': { params: { name: string }; result: undefined };
	'session/list': { params: undefined; result: SessionView[] };
	/** The editor asks where to. */
	'session/move': { params: { sessionId: string }; result: undefined };
	/** The editor asks the user to confirm. */
	'session/forget': { params: { sessionId: string }; result: undefined };
	'key/list': { params: undefined; result: KeyView[] };
	/** The result has the secret, this once: it is shown, and kept nowhere. */
	'key/create': { params: CreateKey; result: CreatedKey };
	'key/change': { params: { keyId: string; change: KeyChange }; result: undefined };
	/** The editor asks the user to confirm. The result has the new secret, this once; undefined when nothing was changed. */
	'key/rotate': { params: { keyId: string }; result: CreatedKey | undefined };
	/** The editor asks the user to confirm. */
	'key/revoke': { params: { keyId: string }; result: undefined };
	'key/copy': { params: undefined; result: undefined };
	'url/copy': { params: { kind: 'codex' | 'openai' }; result: undefined };
	'codex/configure': { params: undefined; result: undefined };
	'codex/undo': { params: undefined; result: undefined };
	'openCode/configure': { params: undefined; result: undefined };
	'openCode/undo': { params: undefined; result: undefined };
	'log/show': { params: undefined; result: undefined };
	/** Where the user may change it: the panel alone cannot undo what it does. */
	'setting/show': { params: { name: 'hideEmails' }; result: undefined };
	'pool/retry': { params: undefined; result: undefined };
}

export interface PanelEvents {
	'state/changed': PanelState;
	'tab/show': { tab: PanelTab };
	/** Opens one request and goes to it. */
	'request/show': { requestId: string };
}

export type PanelHandlers = {
	[N in keyof PanelRequests]: (params: PanelRequests[N]['params']) => Promise<PanelRequests[N]['result']>;
};

/** The panel is outside the trust boundary: the editor checks every request with these. */
export const panelParams = {
	ready: z.undefined(),
	'account/add': z.undefined(),
	'account/import': z.undefined(),
	'account/drop': z.object({
		files: z
			.array(z.object({ name: z.string().max(255), text: z.string().max(dropLimits.bytesPerFile) }))
			.min(1)
			.max(dropLimits.files),
	}),
	'account/select': z.object({ accountId: z.string(), selected: z.boolean() }),
	'account/pause': z.object({ accountId: z.string(), paused: z.boolean() }),
	'account/rename': z.object({ accountId: z.string(), name: accountChangeSchema.shape.name.unwrap() }),
	'account/order': accountOrderSchema,
	'account/spend': z.object({
		accountId: z.string(),
		priority: prioritySchema.optional(),
		reservePercent: reserveSchema.optional(),
	}),
	'account/signIn': z.object({ accountId: z.string() }),
	'account/export': z.object({ accountId: z.string() }),
	'account/remove': z.object({ accountId: z.string() }),
	'account/refresh': z.object({ accountId: z.string() }),
	'account/history': z.object({ accountId: z.string(), since: z.number().int().nonnegative() }),
	'account/redeemReset': z.object({ accountId: z.string() }),
	'pool/change': poolChangeSchema,
	'usage/read': usageQuerySchema,
	'request/list': requestListQuerySchema,
	'request/explain': z.object({ requestId: z.string().min(1) }),
	'model/list': z.undefined(),
	'model/expose': modelExposureSchema,
	'alias/set': setAliasSchema,
	'alias/remove': z.object({ name: modelNameSchema }),
	'session/list': z.undefined(),
	'session/move': z.object({ sessionId: z.string() }),
	'session/forget': z.object({ sessionId: z.string() }),
	'key/list': z.undefined(),
	'key/create': createKeySchema,
	'key/change': z.object({ keyId: z.string(), change: changeKeySchema }),
	'key/rotate': z.object({ keyId: z.string() }),
	'key/revoke': z.object({ keyId: z.string() }),
	'key/copy': z.undefined(),
	'url/copy': z.object({ kind: z.enum(['codex', 'openai']) }),
	'codex/configure': z.undefined(),
	'codex/undo': z.undefined(),
	'openCode/configure': z.undefined(),
	'openCode/undo': z.undefined(),
	'log/show': z.undefined(),
	'setting/show': z.object({ name: z.literal('hideEmails') }),
	'pool/retry': z.undefined(),
} as const satisfies Record<keyof PanelRequests, z.ZodType>;

export const panelRequestSchema = z.object({
	kind: z.literal('request'),
	id: z.number().int(),
	name: z.enum(Object.keys(panelParams) as [keyof PanelRequests, ...(keyof PanelRequests)[]]),
	/** The editor's message channel drops a key whose value is undefined. */
	params: z.unknown().optional(),
});

/** Panel → editor. */
export interface PanelRequestMessage {
	readonly kind: 'request';
	readonly id: number;
	readonly name: keyof PanelRequests;
	readonly params?: unknown;
}

/** Editor → panel. */
export type PanelMessage =
	| { readonly kind: 'reply'; readonly id: number; readonly result?: unknown }
	| { readonly kind: 'failure'; readonly id: number; readonly message: string }
	| PanelEvent;

/** An event with what it carries. */
export type PanelEvent = {
	[N in keyof PanelEvents]: { readonly kind: 'event'; readonly name: N; readonly payload: PanelEvents[N] };
}[keyof PanelEvents];
