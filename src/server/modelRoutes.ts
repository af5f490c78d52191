import type { Express, Request, Response } from 'express';
import type { Catalogue } from '../core/modelCatalogue.js';
import { authenticate } from './requestGuard.js';

export interface ModelRoutesContext {
	readonly accept: (secret: string) => string | undefined;
	readonly readCatalogue: (clientVersion?: string) => Promise<Catalogue>;
}

/**
 * One URL cannot serve both shapes of a model list: `client_version` is what a Codex client sends (protocol §4), all
 * others get OpenAI's list.
 */
export function addModelRoutes(app: Express, context: ModelRoutesContext): void {
	app.get('/v1/models', async (request, response) => {
		authenticate(request, context.accept);
		const version = clientVersion(request);
		if (version !== undefined) await sendCodexCatalogue(context, version, response);
		else await sendOpenAiList(context, response);
	});
	app.get('/backend-api/codex/models', async (request, response) => {
		authenticate(request, context.accept);
		await sendCodexCatalogue(context, clientVersion(request), response);
	});
}

async function sendCodexCatalogue(
	context: ModelRoutesContext,
	version: string | undefined,
	response: Response,
): Promise<void> {
	const { etag, models } = await context.readCatalogue(version);
	response.set('etag', etag).json({ models });
}

async function sendOpenAiList(context: ModelRoutesContext, response: Response): Promise<void> {
	const { models } = await context.readCatalogue();
	const listed = models.filter(model => model.visibility === 'list');
	response.json({
		object: 'list',
		data: listed.map(({ slug }) => ({ id: slug, object: 'model', created: 0, owned_by: 'openai' })),
	});
}

function clientVersion(request: Request): string | undefined {
	const version = request.query['client_version'];
	return typeof version === 'string' && /^\d+\.\d+\.\d+[\w.+-]{0,40}$/.test(version) ? version : undefined;
}
