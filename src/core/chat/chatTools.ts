import { fieldsOf, given, isGiven, listOf, refuse, stringOf, type Fields } from './chatValue.js';

/** `tools` of a chat completion, one level flatter, as a response takes them. */
export function toolsOf(tools: unknown): Fields[] {
	return listOf(tools, 'tools').map((each, index) => toolOf(fieldsOf(each, `tools[${index}]`), `tools[${index}]`));
}

function toolOf(tool: Fields, where: string): Fields {
	if (tool['type'] === 'custom') {
		const { name, description, format } = fieldsOf(tool['custom'], `${where}.custom`);
		return given({ type: 'custom', name, description, format: isGiven(format) ? grammarOf(format, where) : null });
	}
	if (tool['type'] !== 'function') throw refuse(`${where}.type`, 'must be function or custom.');
	const { name, description, parameters, strict } = fieldsOf(tool['function'], `${where}.function`);
	return given({
		type: 'function',
		name: stringOf(name, `${where}.function.name`),
		description,
		parameters: parameters ?? { type: 'object', properties: {} },
		// A response is strict unless told otherwise, a chat completion is not.
		strict: strict ?? false,
	});
}

function grammarOf(value: unknown, where: string): Fields {
	const format = fieldsOf(value, `${where}.custom.format`);
	return isGiven(format['grammar'])
		? { type: 'grammar', ...fieldsOf(format['grammar'], `${where}.custom.format.grammar`) }
		: format;
}

/** A word stays; a named tool loses its inner object. */
export function toolChoiceOf(value: unknown): unknown {
	if (typeof value === 'string') return value;
	const choice = fieldsOf(value, 'tool_choice');
	if (choice['type'] !== 'allowed_tools') return namedTool(choice, 'tool_choice');
	const allowed = fieldsOf(choice['allowed_tools'], 'tool_choice.allowed_tools');
	const tools = listOf(allowed['tools'], 'tool_choice.allowed_tools.tools');
	return {
		type: 'allowed_tools',
		mode: allowed['mode'],
		tools: tools.map((tool, index) => {
			const where = `tool_choice.allowed_tools.tools[${index}]`;
			return namedTool(fieldsOf(tool, where), where);
		}),
	};
}

function namedTool(tool: Fields, where: string): Fields {
	const type = stringOf(tool['type'], `${where}.type`);
	if (type !== 'function' && type !== 'custom') throw refuse(`${where}.type`, 'must be function or custom.');
	return { type, name: stringOf(fieldsOf(tool[type], `${where}.${type}`)['name'], `${where}.${type}.name`) };
}

/** `response_format` as the format of a response's text; undefined for plain text. */
export function formatOf(value: unknown): Fields | undefined {
	const format = fieldsOf(value, 'response_format');
	switch (format['type']) {
		case 'text':
			return undefined;
		case 'json_object':
			return { type: 'json_object' };
		case 'json_schema': {
			const schema = fieldsOf(format['json_schema'], 'response_format.json_schema');
			return given({ type: 'json_schema', ...schema });
		}
		default:
			throw refuse('response_format.type', 'must be text, json_object or json_schema.');
	}
}

/** `web_search_options` is a tool of a response. */
export function searchToolOf(value: unknown): Fields {
	const { search_context_size, user_location } = fieldsOf(value, 'web_search_options');
	const approximate = isGiven(user_location)
		? fieldsOf(
				fieldsOf(user_location, 'web_search_options.user_location')['approximate'],
				'web_search_options.user_location.approximate',
			)
		: undefined;
	return given({
		type: 'web_search',
		search_context_size,
		user_location: approximate && { type: 'approximate', ...approximate },
	});
}
