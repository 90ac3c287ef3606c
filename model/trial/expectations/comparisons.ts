/** True if a header is as a case says; `absent` and `present` are words. */
export const headerHolds = (wanted: string, value: string | undefined): boolean =>
  wanted === "absent" ? value === undefined : wanted === "present" ? value !== undefined : value === wanted;

/** True if seconds are as "< 1.5", "> 2", "~ 3" or "1 - 2" says. */
export function secondsHold(rule: string, seconds: number): boolean {
  const [, sign = "", first = "", last] = /^([<>]=?|~)? ?(\d+(?:\.\d+)?)(?: ?- ?(\d+(?:\.\d+)?))?$/.exec(rule) ?? [];
  const value = Number(first);
  if (sign === "~") return seconds >= value * 0.85 && seconds <= value * 1.3;
  if (last !== undefined) return seconds >= value && seconds <= Number(last);
  return sign.startsWith(">") ? seconds >= value : seconds <= value;
}

/** True if a number of arrivals is as 3, "< 3" or ">= 2" says. */
export function attemptsHold(rule: number | string, attempts: number): boolean {
  const [, sign = "", value = ""] = /^([<>]=?)? ?(\d+)$/.exec(String(rule)) ?? [];
  const wanted = Number(value);
  const holds = {
    "": attempts === wanted,
    "<": attempts < wanted,
    "<=": attempts <= wanted,
    ">": attempts > wanted,
    ">=": attempts >= wanted,
  };
  return holds[sign as keyof typeof holds];
}

/** True if a peer is the identity that a case names: NAMESPACE/SERVICEACCOUNT, a SPIFFE URI, or `none`. */
export function peerHolds(wanted: string, peer: string): boolean {
  const [namespace, account] = wanted.split("/");
  const identity = wanted.includes(":") || !account ? wanted : `/ns/${namespace}/sa/${account}`;
  return peer === wanted || (wanted !== "none" && peer.endsWith(identity));
}
