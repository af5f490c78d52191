import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import { inputOf, type InputItem, type Message } from './chatInput.js';

export interface ChatQuestion {
	/** As the pool lists it: a model, a variant or an alias. */
	readonly model: string;
	readonly messages: readonly Message[];
	readonly options: Pick<vscode.ProvideLanguageModelChatResponseOptions, 'modelOptions' | 'tools'> & {
		readonly toolMode: number;
	};
}

/** Parameters of the responses API that the ChatGPT backend takes; a model option of another name says nothing to it. */
const passedOptions = [
	'instructions',
	'parallel_tool_calls',
	'prompt_cache_key',
	'reasoning',
	'service_tier',
	'text',
] as const;

/** Of the editor's `LanguageModelChatToolMode`. */
const required = 2;

/** The body of a request to `/v1/responses`. */
export function questionBody({ model, messages, options }: ChatQuestion): string {
	const { modelOptions = {}, tools = [], toolMode } = options;
	const input = inputOf(messages);
	const passed = passedOptions.flatMap(name => (name in modelOptions ? [[name, modelOptions[name] as unknown]] : []));
	return JSON.stringify({
		model,
		stream: true,
		store: false,
		input,
		prompt_cache_key: conversationKey(input),
		...(tools.length > 0 && {
			tools: tools.map(functionTool),
			tool_choice: toolMode === required ? 'required' : 'auto',
		}),
		...Object.fromEntries(passed),
	});
}

/** Not strict: the schemas are those of extensions and other servers, of which few are. */
function functionTool({ name, description, inputSchema }: vscode.LanguageModelChatTool) {
	const parameters = inputSchema ?? { type: 'object', properties: {} };
	return { type: 'function', name, description, parameters, strict: false };
}

/**
 * The editor names no conversation. Every turn of one carries all that was said before the first answer, though: by that
 * the pool keeps it on one account, and the provider finds its prompt cache. Other chats begin with the same long
 * context, so nothing less than the whole will do.
 */
function conversationKey(input: readonly InputItem[]): string {
	const answered = input.findIndex(isAnswer);
	const opening = answered === -1 ? input : input.slice(0, answered);
	const digest = createHash('sha256').update(JSON.stringify(opening)).digest('hex');
	return `vscode-${digest.slice(0, 32)}`;
}

function isAnswer(item: InputItem): boolean {
	return item.type === 'message' ? item.role === 'assistant' : item.type === 'function_call';
}
