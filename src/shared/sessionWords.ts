import type { SessionView } from './sessionApi.js';

/** What a session is recognised by: "codex_exec · gpt-5.5". Empty when neither is known. */
export function sessionTitle({ client, model }: Pick<SessionView, 'client' | 'model'>): string {
	return [client, model].filter(part => part !== null && part !== '').join(' · ');
}

/** Enough of an opaque id to tell a person's sessions apart. */
export function shortSessionId(id: string): string {
	return id.slice(0, 8);
}
