import type { Express, Request, Response } from 'express';
import { isInScope, noAccountHas, outOfScope } from '../core/keys/keyScope.js';
import { modelNotFound, type ModelOffer } from '../core/models/modelOffer.js';
import type { PoolKey } from '../core/keys/poolKeys.js';
import { authenticate, type Gate } from './requestGuard.js';

export interface ModelRoutesContext {
	readonly gate: Gate;
	readonly keyOf: (keyId: string) => PoolKey;
	readonly offer: ModelOffer;
}

/**
 * One URL cannot serve both shapes of a model list: `client_version` is what a Codex client sends (protocol §4), all
 * others get OpenAI's list.
 */
export function addModelRoutes(app: Express, context: ModelRoutesContext): void {
	const { gate, offer } = context;
	const keyOf = async (request: Request): Promise<PoolKey> => context.keyOf(await authenticate(request, gate));
	app.get('/v1/models', async (request, response) => {
		const key = await keyOf(request);
		const version = clientVersion(request);
		if (version !== undefined) await sendCodexCatalogue(offer, key, version, response);
		else response.json({ object: 'list', data: (await offer.names(key)).map(modelObject) });
	});
	app.get('/v1/models/:id', async (request, response) => {
		const key = await keyOf(request);
		const { id } = request.params;
		if (!isInScope(key.models, id)) throw outOfScope('model_not_found', key, id);
		// A name that is not listed can be asked for all the same.
		const views = await offer.views(key.accountIds);
		if (!views.some(({ name }) => name === id)) {
			throw key.accountIds ? noAccountHas('model_not_found', `the pool key "${key.name}"`, id) : modelNotFound(id);
		}
		response.json(modelObject(id));
	});
	app.get('/backend-api/codex/models', async (request, response) => {
		await sendCodexCatalogue(offer, await keyOf(request), clientVersion(request), response);
	});
}

async function sendCodexCatalogue(
	offer: ModelOffer,
	key: PoolKey,
	version: string | undefined,
	response: Response,
): Promise<void> {
	const { etag, models } = await offer.readCodex(key, version);
	response.set('etag', etag).json({ models });
}

function modelObject(id: string) {
	return { id, object: 'model', created: 0, owned_by: 'openai' };
}

function clientVersion(request: Request): string | undefined {
	const version = request.query['client_version'];
	return typeof version === 'string' && /^\d+\.\d+\.\d+[\w.+-]{0,40}$/.test(version) ? version : undefined;
}
