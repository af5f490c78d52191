import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import express, { type Express, type Request } from 'express';
import type { z } from 'zod';
import type { ModelOffer } from '../core/models/modelOffer.js';
import type { PoolControl } from '../core/poolControl.js';
import {
	accountChangeSchema,
	accountOrderSchema,
	exportAccountSchema,
	importRequestSchema,
	removeAccountSchema,
} from '../shared/accountApi.js';
import { changeKeySchema, createKeySchema } from '../shared/keyApi.js';
import { finishSignInSchema, startSignInSchema } from '../shared/signInApi.js';
import { moveSessionSchema } from '../shared/sessionApi.js';
import { poolChangeSchema } from '../shared/poolApi.js';
import { requestListQuerySchema } from '../shared/requestApi.js';
import { usageQuerySchema } from '../shared/usageApi.js';
import { windowHistoryQuerySchema } from '../shared/forecastApi.js';
import { modelExposureSchema, setAliasSchema } from '../shared/modelApi.js';
import { managementRoutes, type managementReplies } from '../shared/managementRoutes.js';
import { PoolError } from '../shared/poolError.js';
import { bearerOf } from './requestGuard.js';

export interface ManagementContext {
	readonly control: PoolControl;
	readonly models: ModelOffer;
	readonly adminToken: string;
	readonly shutDown: () => void;
}

type RouteName = Exclude<keyof typeof managementRoutes, 'events'>;
/** A forgotten route, or a reply the client would not accept, does not compile. */
type Handlers = {
	[N in RouteName]: (request: Request) => Awaitable<Reply<N>>;
};
type Reply<N extends RouteName> = (typeof managementReplies)[N] extends z.ZodType<infer T> ? T : unknown;
type Awaitable<T> = T | Promise<T>;

/** The routes every face uses. Each handler's value is the JSON reply; undefined is 204. */
export function addManagementRoutes(app: Express, { control, models, adminToken, shutDown }: ManagementContext): void {
	const handlers: Handlers = {
		state: () => control.state(),
		changePool: request => control.changePool(parse(poolChangeSchema, request.body)),
		importAccounts: async request => ({
			accounts: await control.accounts.import(parse(importRequestSchema, request.body).documents),
		}),
		changeAccount: request => control.accounts.change(idOf(request), parse(accountChangeSchema, request.body)),
		removeAccount: request => control.accounts.remove(idOf(request), parse(removeAccountSchema, request.body ?? {})),
		orderAccounts: request => ({
			accounts: control.accounts.order(parse(accountOrderSchema, request.body).accountIds),
		}),
		exportAccount: async request => ({
			document: await control.accounts.export(idOf(request), parse(exportAccountSchema, request.body).shape),
		}),
		refreshAccount: request => control.accounts.refresh(idOf(request)),
		refreshAccounts: () => control.accounts.refreshAll(),
		redeemReset: request => control.accounts.redeemReset(idOf(request)),
		startSignIn: request => control.accounts.startSignIn(parse(startSignInSchema, request.body ?? {})),
		readSignIn: request => control.accounts.readSignIn(idOf(request)),
		finishSignIn: request =>
			control.accounts.finishSignIn(idOf(request), parse(finishSignInSchema, request.body).callbackUrl),
		cancelSignIn: request => control.accounts.cancelSignIn(idOf(request)),
		listKeys: () => ({ keys: control.keys.list() }),
		createKey: request => control.keys.create(parse(createKeySchema, request.body)),
		changeKey: request => control.keys.change(idOf(request), parse(changeKeySchema, request.body)),
		rotateKey: request => control.keys.rotate(idOf(request)),
		revokeKey: request => control.keys.revoke(idOf(request)),
		revealDefaultKey: () => control.keys.revealDefault(),
		listSessions: () => ({ sessions: control.listSessions() }),
		moveSession: request => control.moveSession(idOf(request), parse(moveSessionSchema, request.body).accountId),
		forgetSession: request => control.forgetSession(idOf(request)),
		listRequests: request => control.listRequests(parse(requestListQuerySchema, request.query)),
		explainRequest: request => control.explainRequest(idOf(request)),
		readUsage: request => control.readUsage(parse(usageQuerySchema, request.query)),
		readWindowHistory: request =>
			control.accounts.readWindowHistory(idOf(request), parse(windowHistoryQuerySchema, request.query).since),
		listModels: async () => ({ models: await models.allViews() }),
		changeExposure: async request => ({
			models: await models.changeExposure(parse(modelExposureSchema, request.body)),
		}),
		setAlias: async request => ({ models: await models.setAlias(parse(setAliasSchema, request.body)) }),
		removeAlias: request => models.removeAlias(idOf(request)),
		// The caller gets its answer before the runtime goes.
		shutDown: request => {
			request.res?.once('finish', shutDown);
		},
	};
	// 100 documents of 1 MiB are the largest thing a face sends.
	app.use('/pool/api', (request, _response, next) => {
		refuseWithoutAdminToken(request, adminToken);
		next();
	});
	app.use('/pool/api', express.json({ limit: '110mb' }));
	for (const name of Object.keys(handlers) as RouteName[]) {
		const [method, path] = managementRoutes[name];
		app[method.toLowerCase() as Lowercase<typeof method>](path, async (request, response) => {
			const result: unknown = await handlers[name](request);
			response.set('cache-control', 'no-store');
			if (result === undefined) response.status(204).end();
			else response.json(result);
		});
	}
	app.use('/pool/api', ({ method, originalUrl }: Request) => {
		throw new PoolError('not_found', `There is no ${method} ${originalUrl.slice(0, 200)} here.`);
	});
}

/** Pool keys do not open the management API, and the admin token opens nothing else. */
export function refuseWithoutAdminToken(request: IncomingMessage, adminToken: string): void {
	const given = createHash('sha256')
		.update(bearerOf(request) ?? '')
		.digest();
	if (!timingSafeEqual(given, createHash('sha256').update(adminToken).digest())) {
		throw new PoolError('admin_token_rejected', 'The management API needs the admin token of this runtime.');
	}
}

function idOf(request: Request): string {
	const id = request.params['id'];
	if (typeof id !== 'string') throw new PoolError('invalid_request', 'The id is missing.');
	return id;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const where = issue?.path.join('.') ?? '';
	throw new PoolError(
		'invalid_request',
		`The request is not valid${where ? ` at "${where}"` : ''}: ${issue?.message ?? 'unknown'}.`,
	);
}
