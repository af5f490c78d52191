import type * as vscode from 'vscode';

/** A conversation of the editor as the input of the responses API. */

export type InputItem =
	| { readonly type: 'message'; readonly role: Role; readonly content: readonly InputPart[] }
	| { readonly type: 'function_call'; readonly call_id: string; readonly name: string; readonly arguments: string }
	| { readonly type: 'function_call_output'; readonly call_id: string; readonly output: string | readonly InputPart[] };

type Role = 'user' | 'assistant' | 'developer';

export type InputPart =
	| { readonly type: 'input_text' | 'output_text'; readonly text: string }
	| { readonly type: 'input_image'; readonly image_url: string; readonly detail: 'auto' };

/** The editor's enum is not there where its API is not; its numbers are part of it. */
export interface Message {
	readonly role: number;
	readonly content: readonly unknown[];
}

const user = 1;
const assistant = 2;

/** In the same order: what tools were called for and what they answered stands between the messages. */
export function inputOf(messages: readonly Message[]): InputItem[] {
	return messages.flatMap(itemsOf);
}

function itemsOf({ role, content }: Message): InputItem[] {
	const items: InputItem[] = [];
	let said: InputPart[] = [];
	const close = (): void => {
		if (said.length > 0) items.push({ type: 'message', role: roleOf(role), content: said });
		said = [];
	};
	for (const part of content) {
		if (isCall(part)) {
			close();
			const { callId, name, input } = part;
			items.push({ type: 'function_call', call_id: callId, name, arguments: JSON.stringify(input) });
		} else if (isResult(part)) {
			close();
			items.push({ type: 'function_call_output', call_id: part.callId, output: outputOf(part.content) });
		} else {
			said.push(...partsOf(part, role === assistant ? 'output_text' : 'input_text'));
		}
	}
	close();
	return items;
}

/** What is of neither side are instructions: the editor has no role for them yet, and chats send them all the same. */
function roleOf(role: number): Role {
	if (role === assistant) return 'assistant';
	return role === user ? 'user' : 'developer';
}

/** Mostly text alone, which every model takes as such. */
function outputOf(content: readonly unknown[]): string | InputPart[] {
	const parts = content.flatMap(part => partsOf(part, 'input_text'));
	const texts = parts.flatMap(part => (part.type === 'input_image' ? [] : [part.text]));
	return texts.length === parts.length ? texts.join('\n') : parts;
}

/**
 * Parts are known by what they hold: the editor adds kinds of them that its API has not named yet. What a model cannot
 * read, such as the editor's own notes in a history, is left out.
 */
function partsOf(part: unknown, textType: 'input_text' | 'output_text'): InputPart[] {
	if (isData(part)) {
		const { mimeType, data } = part;
		if (/^image\//.test(mimeType)) {
			// An assistant's message holds text alone.
			const image_url = `data:${mimeType};base64,${Buffer.from(data).toString('base64')}`;
			return textType === 'output_text' ? [] : [{ type: 'input_image', image_url, detail: 'auto' }];
		}
		const isText = /^text\/|[/+]json$/.test(mimeType);
		return isText ? textsOf(Buffer.from(data).toString('utf8'), textType) : [];
	}
	if (typeof part === 'string') return textsOf(part, textType);
	// Thoughts of another provider's model, which are no answer, have such fields too.
	if (!hasFields(part, 'value') || hasFields(part, 'metadata')) return [];
	// The tree of prompt-tsx, which not every chat renders before it sends it, is better than nothing.
	return textsOf(typeof part.value === 'string' ? part.value : JSON.stringify(part.value), textType);
}

/** The backend refuses empty texts. */
function textsOf(text: string, type: 'input_text' | 'output_text'): InputPart[] {
	return text === '' ? [] : [{ type, text }];
}

function isCall(part: unknown): part is vscode.LanguageModelToolCallPart {
	return hasFields(part, 'callId', 'name', 'input');
}

function isResult(part: unknown): part is vscode.LanguageModelToolResultPart {
	return hasFields(part, 'callId', 'content');
}

function isData(part: unknown): part is { readonly mimeType: string; readonly data: Uint8Array } {
	return hasFields(part, 'mimeType', 'data') && typeof part.mimeType === 'string' && part.data instanceof Uint8Array;
}

function hasFields<N extends string>(part: unknown, ...names: N[]): part is Record<N, unknown> {
	return typeof part === 'object' && part !== null && names.every(name => name in part);
}
