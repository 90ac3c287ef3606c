import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { KeyName } from "../../model/settings/contract";

/** One change of the configuration. */
export type Change = readonly [key: KeyName, value: string];

/** Values of each key that take turns. The first one is the default. */
const values: Readonly<Partial<Record<KeyName, readonly string[]>>> = {
  canaryWeight: ["10", "25", "50", "0", "100"],
  mtlsMode: ["PERMISSIVE", "STRICT"],
  mtlsNamespaceMode: ["UNSET", "STRICT", "PERMISSIVE"],
  mtlsWorkloadMode: ["UNSET", "STRICT"],
  mtlsPortMode: ["UNSET", "PERMISSIVE"],
  canaryHeader: ["off", "x-canary"],
  canaryAffinity: ["0", "60"],
  mirrorPercent: ["0", "50"],
  tokens: ["false", "true"],
  certificateDays: ["90", "30"],
  sidecarInjection: ["namespace", "deployment"],
};

/** Changes one after the other, each of one key to another value than before. */
export function changes(count: number, seed = 1): Change[] {
  const generator = xoroshiro128plus(seed);
  const next = () => uniformFloat64(generator);
  const keys = Object.keys(values) as KeyName[];
  const now = new Map<KeyName, string>();
  return Array.from({ length: count }, () => {
    const key = keys[Math.floor(next() * keys.length)] ?? "canaryWeight";
    const all = values[key] ?? [];
    const others = all.filter((value) => value !== (now.get(key) ?? all[0]));
    const value = others[Math.floor(next() * others.length)] ?? "";
    now.set(key, value);
    return [key, value];
  });
}
