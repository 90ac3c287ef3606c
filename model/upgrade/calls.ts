import { addCounts, noCounts, type RequestCounts } from "../canary/evidence";

/** Counts of answers with one status; curl writes 000 for a request without an answer. */
function countsOf(requests: number, status: string): RequestCounts {
  const classes = { "5": "serverErrors", "4": "clientErrors", "3": "redirects", "0": "noAnswer" } as const;
  const name = classes[status.charAt(0) as keyof typeof classes];
  return { ...noCounts, requests, timed: requests, ...(name && { [name]: requests }) };
}

/** Calls in the log of a caller, whose lines are pairs of a count and a status. Ignores a line without its end. */
export function callsOf(log: string): RequestCounts {
  const lines = log.slice(0, log.lastIndexOf("\n") + 1);
  return [...lines.matchAll(/(\d+) (\d{3})(?= |\n)/g)]
    .map(([, count, status = ""]) => countsOf(Number(count), status))
    .reduce(addCounts, noCounts);
}

/** Increase of a counter between two readings. If the counter was reset in between, its new value. */
export function callsSince(before: RequestCounts, now: RequestCounts): RequestCounts {
  if (now.requests < before.requests) return now;
  const difference = (name: keyof RequestCounts) => now[name] - before[name];
  return {
    requests: difference("requests"),
    serverErrors: difference("serverErrors"),
    clientErrors: difference("clientErrors"),
    redirects: difference("redirects"),
    noAnswer: difference("noAnswer"),
    slow: 0,
    timed: difference("timed"),
  };
}
