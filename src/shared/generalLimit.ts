/**
 * The `limit` of windows that count for every model (protocol §10); other names belong to single models. Apart from the
 * contract, whose validators the panel does not load.
 */
export const generalLimit = 'codex';
