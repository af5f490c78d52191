/** Set by the build; a run from source has no version of its own. */
export const programVersion = process.env['CODEX_POOL_VERSION'] ?? '0.0.0';
