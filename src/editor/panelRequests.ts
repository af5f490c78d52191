import * as l10n from '@vscode/l10n';
import {
	panelParams,
	panelRequestSchema,
	type PanelHandlers,
	type PanelMessage,
	type PanelRequests,
} from '../shared/panelMessages.js';
import { PoolError } from '../shared/poolError.js';

/**
 * Answers one message of the panel. The panel is outside the trust boundary: what is no request at all is dropped,
 * a request with wrong parameters fails, and what `cover` takes out of a failure stays with the editor. Never rejects.
 */
export async function answerPanel(
	message: unknown,
	handlers: PanelHandlers,
	cover: (words: string) => string,
): Promise<PanelMessage | undefined> {
	const request = panelRequestSchema.safeParse(message);
	if (!request.success) return undefined;
	const { id, name, params } = request.data;
	try {
		const result = await handle(name, params, handlers);
		return { kind: 'reply', id, ...(result !== undefined && { result }) };
	} catch (error) {
		return { kind: 'failure', id, message: cover(PoolError.from(error).message) };
	}
}

function handle(name: keyof PanelRequests, params: unknown, handlers: PanelHandlers): Promise<unknown> {
	const checked = panelParams[name].safeParse(params);
	if (!checked.success)
		throw new PoolError('invalid_request', l10n.t('The panel asked for something the editor does not know.'));
	// The schema under a name parses to the parameters of that name; the compiler cannot tie the two tables together.
	return handlers[name](checked.data as never);
}
