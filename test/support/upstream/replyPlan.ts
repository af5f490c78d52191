import { isJsonObject, listAt, objectAt, textAt } from './json.js';

/** What the simulated model decides to say. */
export type Reply =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'tool'; readonly name: string; readonly arguments: string }
	| { readonly kind: 'compaction' };

const echoLimit = 400;
const toolMarker = /\[\[tool:(.+?)\]\]/gs;

/**
 * The model's whole intelligence: it repeats the last user message, runs the commands written in it as
 * `[[tool:<command>]]` one after the other, and compacts when asked. Asked for JSON, it puts the same into an object.
 */
export function planReply(body: unknown): Reply {
	const input = listAt(body, 'input');
	if (textAt(input.at(-1), 'type') === 'compaction_trigger') return { kind: 'compaction' };

	const askedAt = input.findLastIndex(item => textAt(item, 'role') === 'user');
	const question = messageText(input[askedAt]);
	const since = input.slice(askedAt + 1);
	const results = since.filter(item => textAt(item, 'type') === 'function_call_output');
	// What was done before a compaction is inside it: nothing is left to run.
	const isCompacted = since.some(item => textAt(item, 'type') === 'compaction');
	const commands = isCompacted ? [] : [...question.matchAll(toolMarker)].map(match => match[1] ?? '');
	const command = commands[results.length];
	if (command !== undefined) return callShell(body, command);

	const lastResult = results.at(-1);
	const heard = lastResult === undefined ? '' : ` | tool: ${outputText(lastResult).trim().slice(-echoLimit)}`;
	const echo = `${question.slice(0, echoLimit)}${heard}`;
	const wantsJson = textAt(objectAt(objectAt(body, 'text'), 'format'), 'type')?.startsWith('json_') === true;
	return { kind: 'text', text: wantsJson ? JSON.stringify({ echo }) : `Echo: ${echo}` };
}

function messageText(item: unknown): string {
	return textAt(item, 'content') ?? partsText(listAt(item, 'content'));
}

function outputText(item: unknown): string {
	return textAt(item, 'output') ?? partsText(listAt(item, 'output'));
}

function partsText(parts: readonly unknown[]): string {
	return parts.map(part => textAt(part, 'text') ?? '').join('\n');
}

/** Uses whichever shell the client offers, in the form of arguments the client describes. */
function callShell(body: unknown, command: string): Reply {
	const tools = offeredTools(body);
	const shellNames = ['exec_command', 'shell_command', 'shell', 'bash'];
	const tool = shellNames.map(name => tools.find(offered => textAt(offered, 'name') === name)).find(isJsonObject);
	const name = textAt(tool, 'name') ?? 'exec_command';
	const properties = objectAt(objectAt(tool, 'parameters'), 'properties');
	return { kind: 'tool', name, arguments: JSON.stringify(shellArguments(name, properties, command)) };
}

function offeredTools(body: unknown): readonly unknown[] {
	const additional = listAt(body, 'input').filter(item => textAt(item, 'type') === 'additional_tools');
	const outer = [...listAt(body, 'tools'), ...additional.flatMap(item => listAt(item, 'tools'))];
	return outer.flatMap(tool => [tool, ...listAt(tool, 'tools')]).filter(tool => textAt(tool, 'type') === 'function');
}

function shellArguments(name: string, properties: Readonly<Record<string, unknown>>, command: string) {
	if (name === 'exec_command') return { cmd: command };
	if (textAt(properties['command'], 'type') === 'array') return { command: ['bash', '-lc', command] };
	return name === 'bash' || 'description' in properties ? { command, description: 'Runs a command' } : { command };
}
