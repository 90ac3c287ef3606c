const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration with one unit, such as 250ms or 1m. 0 for any other text. */
export function milliseconds(duration: string): number {
  const [, value = "0", unit = "s"] = /^([\d.]+)(ms|s|m|h)$/.exec(duration) ?? [];
  return Number(value) * units[unit as keyof typeof units];
}
