import { inputOf, type InputItem, type InputPart, type Message } from './chatInput.js';

/**
 * An estimate: the tokenizers of these models are megabytes, and not published for the newest. UTF-8 bytes follow them
 * better than characters do: 3.6 to 4.2 bytes a token in code and English, 3.4 to 3.7 in Chinese, 2 to 3 in JSON with
 * many figures (measured with o200k). So it is mostly a little too high, which keeps a conversation within its window.
 */
const bytesPerToken = 3.5;
/** Whatever separates one message from the next. */
const tokensPerItem = 4;
/** What a large one costs; a small one costs half. */
const tokensPerImage = 1_200;

export function estimateTokens(text: string | Message): number {
	return typeof text === 'string' ? tokensIn(text) : inputOf([text]).reduce((sum, item) => sum + itemTokens(item), 0);
}

function itemTokens(item: InputItem): number {
	switch (item.type) {
		case 'message':
			return tokensPerItem + partsTokens(item.content);
		case 'function_call':
			return tokensPerItem + tokensIn(item.name) + tokensIn(item.arguments);
		case 'function_call_output':
			return tokensPerItem + (typeof item.output === 'string' ? tokensIn(item.output) : partsTokens(item.output));
		default:
			return item satisfies never;
	}
}

function partsTokens(parts: readonly InputPart[]): number {
	return parts.reduce((sum, part) => sum + (part.type === 'input_image' ? tokensPerImage : tokensIn(part.text)), 0);
}

function tokensIn(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}
