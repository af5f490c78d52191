import type { Express, Request, Response } from 'express';
import { modelNotFound, type ModelOffer } from '../core/modelOffer.js';
import { authenticate } from './requestGuard.js';

export interface ModelRoutesContext {
	readonly accept: (secret: string) => string | undefined;
	readonly offer: ModelOffer;
}

/**
 * One URL cannot serve both shapes of a model list: `client_version` is what a Codex client sends (protocol §4), all
 * others get OpenAI's list.
 */
export function addModelRoutes(app: Express, context: ModelRoutesContext): void {
	const { offer } = context;
	app.get('/v1/models', async (request, response) => {
		authenticate(request, context.accept);
		const version = clientVersion(request);
		if (version !== undefined) await sendCodexCatalogue(offer, version, response);
		else response.json({ object: 'list', data: (await offer.names()).map(modelObject) });
	});
	app.get('/v1/models/:id', async (request, response) => {
		authenticate(request, context.accept);
		const { id } = request.params;
		// A name that is not listed can be asked for all the same.
		const views = await offer.views();
		if (!views.some(({ name }) => name === id)) throw modelNotFound(id);
		response.json(modelObject(id));
	});
	app.get('/backend-api/codex/models', async (request, response) => {
		authenticate(request, context.accept);
		await sendCodexCatalogue(offer, clientVersion(request), response);
	});
}

async function sendCodexCatalogue(offer: ModelOffer, version: string | undefined, response: Response): Promise<void> {
	const { etag, models } = await offer.readCodex(version);
	response.set('etag', etag).json({ models });
}

function modelObject(id: string) {
	return { id, object: 'model', created: 0, owned_by: 'openai' };
}

function clientVersion(request: Request): string | undefined {
	const version = request.query['client_version'];
	return typeof version === 'string' && /^\d+\.\d+\.\d+[\w.+-]{0,40}$/.test(version) ? version : undefined;
}
