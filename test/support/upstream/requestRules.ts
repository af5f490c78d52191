import { isJsonObject, listAt, objectAt, textAt, type JsonObject } from './json.js';
import { serviceTiers, supportedEfforts, type Catalogue } from './models.js';

export interface Refusal {
	readonly status: number;
	readonly body: JsonObject;
}

const unsupportedParameters = [
	'max_output_tokens',
	'max_tokens',
	'max_completion_tokens',
	'temperature',
	'top_p',
	'presence_penalty',
	'frequency_penalty',
	'seed',
	'metadata',
	'top_logprobs',
	'truncation',
	'user',
	'prompt_cache_options',
	'prompt_cache_retention',
	'previous_response_id',
] as const;

/** Why the edge of the ChatGPT backend refuses this body, or undefined when it does not. */
export function refuseBody(body: unknown, catalogue: Catalogue, plan: string): Refusal | undefined {
	if (!isJsonObject(body)) return detail('Request body must be a JSON object');
	const unsupported = unsupportedParameters.find(name => name in body);
	if (unsupported !== undefined) return detail(`Unsupported parameter: ${unsupported}`);
	if (body['stream'] !== true) return detail('Stream must be set to true');
	if (body['store'] !== false) return detail('Store must be set to false');

	const slug = textAt(body, 'model') ?? '';
	const model = catalogue.find(slug, plan);
	if (!model) return detail(`The '${slug}' model is not supported when using Codex with a ChatGPT account.`);
	if (model.needsInstructions === true && (textAt(body, 'instructions') ?? '') === '') {
		return detail('Instructions are required');
	}
	const tier = textAt(body, 'service_tier');
	if (tier !== undefined && !serviceTiers(plan).includes(tier)) return detail(`Unsupported service_tier: ${tier}`);

	const effort = textAt(objectAt(body, 'reasoning'), 'effort');
	if (effort !== undefined && !supportedEfforts.includes(effort)) {
		const supported = supportedEfforts.map(each => `'${each}'`).join(', ');
		const message = `Unsupported value: '${effort}' is not supported with the '${slug}' model. Supported values are: ${supported}.`;
		return invalid(400, message, 'reasoning.effort', 'unsupported_value');
	}

	if (!Array.isArray(body['input'])) return detail('Input must be a list');
	return refuseInput(listAt(body, 'input'));
}

function refuseInput(input: readonly unknown[]): Refusal | undefined {
	for (const [index, item] of input.entries()) {
		const type = textAt(item, 'type');
		if (type === undefined) return detail(`Input items must have a type: input[${index}]`);
		if (type === 'item_reference') {
			const id = textAt(item, 'id') ?? '';
			return invalid(404, `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`);
		}
		const refusal = type === 'message' ? refuseMessage(item, index) : undefined;
		if (refusal) return refusal;
	}
	return refuseUnpairedCalls(input);
}

function refuseMessage(item: unknown, index: number): Refusal | undefined {
	const role = textAt(item, 'role');
	if (role === 'system') return detail('System messages are not allowed');
	if (role !== 'user' && role !== 'developer' && role !== 'assistant') {
		return invalid(400, `Invalid value: '${role ?? ''}'.`, `input[${index}].role`);
	}
	for (const [partIndex, part] of listAt(item, 'content').entries()) {
		const type = textAt(part, 'type') ?? '';
		const allowed = role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file'];
		if (!allowed.includes(type)) {
			const message = `Invalid value: '${type}'. Supported values are: ${allowed.map(name => `'${name}'`).join(', ')}.`;
			return invalid(400, message, `input[${index}].content[${partIndex}]`);
		}
	}
	return undefined;
}

function refuseUnpairedCalls(input: readonly unknown[]): Refusal | undefined {
	const callIds = (type: string) =>
		input.filter(item => textAt(item, 'type') === type).map(item => textAt(item, 'call_id'));
	const calls = callIds('function_call');
	const outputs = callIds('function_call_output');
	const orphan = outputs.find(id => !calls.includes(id));
	if (orphan !== undefined) {
		return invalid(400, `No tool call found for function call output with call_id ${orphan}.`, 'input');
	}
	const open = calls.find(id => !outputs.includes(id));
	return open === undefined ? undefined : invalid(400, `No tool output found for function call ${open}.`, 'input');
}

function detail(text: string): Refusal {
	return { status: 400, body: { detail: text } };
}

export function invalid(status: number, message: string, param: string | null = null, code = 'invalid_value'): Refusal {
	return { status, body: { error: { message, type: 'invalid_request_error', param, code } } };
}
