import { elementsOf, membersOf, stringAt, type Member, type Span } from './jsonScan.js';

/** How a conversation begins: the same in each of its turns, when they all carry the whole of it. */
export interface Opening {
	/** What the user said before the model's first answer, as the body spells it. */
	readonly text: string;
	/** It holds something of the model's already. */
	readonly isContinued: boolean;
}

/** Enough to tell conversations apart: of so many pieces, so much of each. */
const mostTexts = 16;
const textBytes = 4096;
const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

/**
 * For callers that name no session (most chat clients). What they call the system's text may change with every turn (a
 * date, a list of open files), so it does not count. `items` are those of `input`; undefined when no user speaks.
 */
export function openingOf(body: Buffer, items: readonly Span[]): Opening | undefined {
	const texts: string[] = [];
	let isContinued = false;
	for (const { start } of items) {
		if (body[start] !== openBrace) continue;
		const members = membersOf(body, start);
		const role = textOf(body, members, 'role');
		const content = members.findLast(({ key }) => key === 'content');
		if (role === 'user' && content && texts.length < mostTexts)
			for (const text of textsIn(body, content)) texts.push(text);
		isContinued ||= role === 'assistant' || (textOf(body, members, 'type') ?? 'message') !== 'message';
		// Where the model greets first, the user's first words still count.
		if (isContinued && texts.length > 0) break;
	}
	return texts.length === 0 ? undefined : { text: texts.slice(0, mostTexts).join('\n'), isContinued };
}

/** An `input` that is one text begins like a list with this text alone. */
export function openingOfText(body: Buffer, { valueStart, valueEnd }: Member): Opening {
	return { text: rawText(body, valueStart, valueEnd), isContinued: false };
}

/** Clients spell the same text as a string in one turn and as a part in the next. */
function textsIn(body: Buffer, { valueStart, valueEnd }: Member): string[] {
	if (body[valueStart] !== openBracket) return [rawText(body, valueStart, valueEnd)];
	return elementsOf(body, valueStart).flatMap(({ start }) => {
		const text = body[start] === openBrace ? membersOf(body, start).findLast(({ key }) => key === 'text') : undefined;
		return text && body[text.valueStart] === quote ? [rawText(body, text.valueStart, text.valueEnd)] : [];
	});
}

/** Between its quotes, for a string. */
function rawText(body: Buffer, start: number, end: number): string {
	const inside = body[start] === quote ? 1 : 0;
	return body.toString('latin1', start + inside, Math.min(end - inside, start + textBytes));
}

function textOf(body: Buffer, members: readonly Member[], key: string): string | undefined {
	const member = members.findLast(each => each.key === key);
	return member && stringAt(body, member.valueStart);
}
