import type { SimulatedAccount } from './accounts.js';
import { refuseTurnState } from './authorization.js';
import { unreadableContent } from './continuity.js';
import type { Connection } from './exchange.js';
import { listAt, objectAt, textAt } from './json.js';
import type { RecordedRequest } from './record.js';
import { invalid, refuseBody } from './requestRules.js';
import { usageRefusal } from './usageReport.js';
import type { World } from './world.js';

export interface SocketRefusal {
	readonly status: number;
	readonly body: unknown;
	readonly headers: Readonly<Record<string, string>>;
}

export interface SocketMessage {
	readonly body: unknown;
	/** What the named response has ended. */
	readonly said: readonly unknown[];
	readonly isKnown: (responseId: string) => boolean;
}

/** What a message may say beyond what a request may. */
const socketFields: ReadonlySet<string> = new Set(['type', 'generate', 'previous_response_id']);

/** Why the provider refuses a message, or undefined when it does not: a request's rules, and those of chains. */
export function refuseMessage(
	world: World,
	from: { readonly record: RecordedRequest; readonly account: SimulatedAccount; readonly connection: Connection },
	{ body, said, isKnown }: SocketMessage,
): SocketRefusal | undefined {
	const type = textAt(body, 'type');
	if (type !== 'response.create') return plain(invalid(400, `Unknown message type '${type ?? ''}'.`, 'type'));
	const previous = textAt(body, 'previous_response_id');
	if (previous !== undefined && !isKnown(previous)) {
		const message = `Previous response with id '${previous}' not found.`;
		return plain(invalid(400, message, 'previous_response_id', 'previous_response_not_found'));
	}
	const fields = Object.entries(objectAt({ body }, 'body')).filter(([name]) => !socketFields.has(name));
	const whole = { ...Object.fromEntries(fields), input: [...said, ...listAt(body, 'input')] };
	const refusal = refuseBody(whole, world.catalogue, from.account.plan) ?? refuseTurnState(world, from, from.account);
	if (refusal) return plain(refusal);
	const limit = usageRefusal(from.account, textAt(body, 'model') ?? '');
	if (limit) return { status: 429, ...limit };
	const unreadable = world.strict ? unreadableContent(from.account, listAt(body, 'input')) : undefined;
	if (unreadable === undefined) return undefined;
	const message = `The encrypted content could not be verified: ${unreadable}.`;
	return plain(invalid(400, message, 'input', 'invalid_encrypted_content'));
}

function plain({ status, body }: { readonly status: number; readonly body: unknown }): SocketRefusal {
	return { status, body, headers: {} };
}
