import type { CreatedKey } from '../src/shared/keyApi.js';
import type { PanelRequests } from '../src/shared/panelMessages.js';
import type { RequestName } from './panelClient.js';
import type { ViewChoices } from './viewChoices.js';

/** What is read on demand, or has an answer of its own, is no action. */
type ActionName = Exclude<
	RequestName,
	| 'ready'
	| 'usage/read'
	| 'request/list'
	| 'request/explain'
	| 'session/list'
	| 'model/list'
	| 'key/list'
	| 'key/create'
	| 'key/rotate'
	| 'account/drop'
	| 'account/history'
>;

/** Something the user asked for: a request to the editor as a value. */
export type PanelAction = { [N in ActionName]: ActionOf<N> }[ActionName];

type ActionOf<N extends RequestName> = PanelRequests[N]['params'] extends undefined
	? { readonly name: N }
	: { readonly name: N; readonly params: PanelRequests[N]['params'] };

/** What is answered with a secret. */
export type SecretWish = ActionOf<'key/create'> | ActionOf<'key/rotate'>;

/** Components raise it; the panel's root carries it out. */
export class PanelActionEvent extends Event {
	static readonly type = 'pool-action';
	/** Whether it was done; there once somebody carries it out. */
	outcome: Promise<boolean> | undefined;

	constructor(readonly action: PanelAction) {
		super(PanelActionEvent.type, { bubbles: true, composed: true });
	}
}

/** The answer goes to the component that asked and nowhere else: whoever keeps a secret must be able to forget it. */
export class SecretWishEvent extends Event {
	static readonly type = 'pool-secret-wish';
	/** Undefined when the user thought better of it, or when it failed; there once somebody carries it out. */
	secret: Promise<CreatedKey | undefined> | undefined;

	constructor(readonly wish: SecretWish) {
		super(SecretWishEvent.type, { bubbles: true, composed: true });
	}
}

/** A choice about the view alone; the editor never hears of it. */
export class ViewChoiceEvent extends Event {
	static readonly type = 'pool-view-choice';

	constructor(readonly choices: Partial<ViewChoices>) {
		super(ViewChoiceEvent.type, { bubbles: true, composed: true });
	}
}

/** Something read on demand could not be read, and the user wants another try. */
export class ReadAgainEvent extends Event {
	static readonly type = 'pool-read-again';

	constructor(
		readonly what: 'usage' | 'sessions' | 'models' | 'keys' | 'requests' | 'older requests' | 'explanation' | 'history',
	) {
		super(ReadAgainEvent.type, { bubbles: true, composed: true });
	}
}

/** Names one action on one thing, so that only its own button waits. */
export function actionKey(action: PanelAction | SecretWish): string {
	if (!('params' in action)) return action.name;
	if ('accountId' in action.params) return `${action.name}/${action.params.accountId}`;
	if ('keyId' in action.params) return `${action.name}/${action.params.keyId}`;
	if ('sessionId' in action.params) return `${action.name}/${action.params.sessionId}`;
	return 'name' in action.params ? `${action.name}/${action.params.name}` : action.name;
}
