/** What one drop of account files may hold: far more than people have accounts, far less than would hurt. */
export const dropLimits = { files: 20, bytesPerFile: 1_048_576 } as const;
