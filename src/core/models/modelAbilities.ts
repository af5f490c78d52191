import type { ContextWindow } from '../../shared/modelApi.js';
import type { NamedModel } from './modelNames.js';

/** What a model takes, as far as its catalogue entry tells. */

/** Codex leaves this much of a context window to input unless the entry says otherwise. */
const usualInputPercent = 95;

export function contextWindowOf(entry: NamedModel): ContextWindow | null {
	const { context_window: tokens, effective_context_window_percent: percent } = entry;
	if (!isFigure(tokens)) return null;
	const inputPercent = isFigure(percent) && percent < 100 ? percent : usualInputPercent;
	const inputTokens = Math.floor((tokens * inputPercent) / 100);
	return inputTokens > 0 ? { tokens, inputTokens } : null;
}

/** Entries from before models differed in that do not say it; Codex takes them to. */
export function takesImages({ input_modalities: modalities }: NamedModel): boolean {
	return !Array.isArray(modalities) || modalities.includes('image');
}

function isFigure(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
