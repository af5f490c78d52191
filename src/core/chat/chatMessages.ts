import { fieldsOf, given, isGiven, listOf, refuse, stringOf, type Fields } from './chatValue.js';

/** The messages of a chat completion as the items of a response's input, in the same order. */
export function inputOf(messages: unknown): Fields[] {
	const list = listOf(messages, 'messages');
	if (list.length === 0) throw refuse('messages', 'must not be empty.');
	const customCalls = new Set<string>();
	return list.flatMap((each, index) =>
		itemsOf(fieldsOf(each, `messages[${index}]`), `messages[${index}]`, customCalls),
	);
}

function itemsOf(message: Fields, where: string, customCalls: Set<string>): Fields[] {
	const role = stringOf(message['role'], `${where}.role`);
	const content = message['content'];
	const at = `${where}.content`;
	switch (role) {
		case 'system':
		case 'developer':
			return [messageItem('developer', partsOf(content, at, textPart))];
		case 'user':
			return [messageItem('user', partsOf(content, at, userPart))];
		case 'assistant':
			return assistantItems(message, where, customCalls);
		case 'tool':
			return [toolOutput(message, where, customCalls)];
		case 'function':
			throw refuse(where, 'is of the old role "function", which is not offered. Use "tools" and the role "tool".');
		default:
			throw refuse(`${where}.role`, 'must be system, developer, user, assistant or tool.');
	}
}

function messageItem(role: string, content: Fields[]): Fields {
	return { type: 'message', role, content };
}

function assistantItems(message: Fields, where: string, customCalls: Set<string>): Fields[] {
	if (isGiven(message['audio']))
		throw refuse(`${where}.audio`, 'is not offered: the backend neither hears nor speaks.');
	if (isGiven(message['function_call'])) throw refuse(`${where}.function_call`, 'is not offered. Use "tool_calls".');
	const content = message['content'];
	const parts = isGiven(content) ? partsOf(content, `${where}.content`, assistantPart) : [];
	if (isGiven(message['refusal'])) {
		parts.push({ type: 'refusal', refusal: stringOf(message['refusal'], `${where}.refusal`) });
	}
	const calls = isGiven(message['tool_calls']) ? listOf(message['tool_calls'], `${where}.tool_calls`) : [];
	return [
		...(parts.length === 0 ? [] : [messageItem('assistant', parts)]),
		...calls.map((call, index) => callItem(call, `${where}.tool_calls[${index}]`, customCalls)),
	];
}

function callItem(value: unknown, where: string, customCalls: Set<string>): Fields {
	const call = fieldsOf(value, where);
	const id = stringOf(call['id'], `${where}.id`);
	if (call['type'] === 'custom') {
		const custom = fieldsOf(call['custom'], `${where}.custom`);
		customCalls.add(id);
		const name = stringOf(custom['name'], `${where}.custom.name`);
		return { type: 'custom_tool_call', call_id: id, name, input: stringOf(custom['input'], `${where}.custom.input`) };
	}
	const called = fieldsOf(call['function'], `${where}.function`);
	return {
		type: 'function_call',
		call_id: id,
		name: stringOf(called['name'], `${where}.function.name`),
		arguments: stringOf(called['arguments'], `${where}.function.arguments`),
	};
}

function toolOutput(message: Fields, where: string, customCalls: ReadonlySet<string>): Fields {
	const id = stringOf(message['tool_call_id'], `${where}.tool_call_id`);
	const content = message['content'];
	return {
		type: customCalls.has(id) ? 'custom_tool_call_output' : 'function_call_output',
		call_id: id,
		output: typeof content === 'string' ? content : partsOf(content, `${where}.content`, textPart),
	};
}

type PartReader = (part: Fields, where: string) => Fields;

/** A string is one part of text. */
function partsOf(content: unknown, where: string, read: PartReader): Fields[] {
	if (typeof content === 'string') return [read({ type: 'text', text: content }, where)];
	return listOf(content, where).map((part, index) => read(fieldsOf(part, `${where}[${index}]`), `${where}[${index}]`));
}

function textPart(part: Fields, where: string): Fields {
	if (part['type'] !== 'text') throw refuse(where, 'must be text in a message of this role.');
	return { type: 'input_text', text: stringOf(part['text'], `${where}.text`) };
}

function assistantPart(part: Fields, where: string): Fields {
	if (part['type'] === 'refusal') return { type: 'refusal', refusal: stringOf(part['refusal'], `${where}.refusal`) };
	return { ...textPart(part, where), type: 'output_text' };
}

function userPart(part: Fields, where: string): Fields {
	switch (part['type']) {
		case 'image_url': {
			const image = fieldsOf(part['image_url'], `${where}.image_url`);
			const image_url = stringOf(image['url'], `${where}.image_url.url`);
			return { type: 'input_image', image_url, detail: image['detail'] ?? 'auto' };
		}
		case 'file': {
			const file = fieldsOf(part['file'], `${where}.file`);
			if (!isGiven(file['file_data'])) {
				throw refuse(`${where}.file`, 'must hold "file_data": the pool keeps no files that an id could name.');
			}
			return given({ type: 'input_file', filename: file['filename'], file_data: file['file_data'] });
		}
		case 'input_audio':
			throw refuse(where, 'is audio, which the backend does not take.');
		default:
			return textPart(part, where);
	}
}
