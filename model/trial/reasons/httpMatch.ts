import { valueAt } from "../../json";

/** A text condition of a VirtualService: exact, prefix or regex. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

/** Conditions of a match about the caller. */
export interface CallerMatch {
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly sourceNamespace?: string;
}

/** The conditions of one `match` of a VirtualService's http route that a request can be compared with. */
export interface HttpMatch extends CallerMatch {
  readonly uri?: StringMatch;
  readonly ignoreUriCase?: boolean;
  readonly scheme?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  readonly port?: number;
  readonly gateways?: readonly string[];
}

/** A request as a proxy compares it with routes. */
export interface HttpRequest {
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly authority: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Claims of the token that the gateway has checked; none if it checks no tokens. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  /** Gateway that the request comes through, as the route names it; `mesh` for a sidecar. */
  readonly gateway: string;
}

/** True if RE2's full match accepts the text; JavaScript's syntax is the same for what routes usually have. */
export function fullMatch(regex: string, text: string): boolean {
  try {
    // RE2 writes flags into the expression, and JavaScript beside it
    const [, flags = "", rest = regex] = /^\(\?([is]+)\)(.*)$/s.exec(regex) ?? [];
    return new RegExp(`^(?:${rest})$`, flags).test(text);
  } catch {
    return true;
  }
}

/** True if a condition accepts a text. */
function accepts({ exact, prefix, regex }: StringMatch, text: string, ignoreCase = false): boolean {
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
  if (exact !== undefined) return fold(text) === fold(exact);
  if (prefix !== undefined) return fold(text).startsWith(fold(prefix));
  return regex === undefined || fullMatch(regex, text);
}

const conditionText = ({ exact, prefix, regex }: StringMatch): string => {
  if (exact !== undefined) return `exact ${exact}`;
  if (prefix !== undefined) return `prefix ${prefix}`;
  return regex === undefined ? "present" : `regex ${regex} (the whole text has to match)`;
};

/** Value of a header, or of a claim that a gateway's route names as `@request.auth.claims.NAME` or `…[NAME][NAME]`. */
function headerValue(name: string, { headers, claims }: HttpRequest): string | undefined {
  const [, dotted, brackets] = /^@request\.auth\.claims(?:\.(.+)|\[(.+)\])$/.exec(name) ?? [];
  const path = dotted?.split(".") ?? brackets?.split("][");
  if (!path) return headers[name.toLowerCase()];
  const value = valueAt(claims, path);
  return value === undefined ? undefined : [value].flat().join(" or ");
}

/** Conditions about the caller that a caller does not meet, in words. */
export function unmetByCaller(
  { sourceNamespace, sourceLabels = {} }: CallerMatch,
  { namespace, labels }: Pick<HttpRequest, "namespace" | "labels">,
): string[] {
  const otherNamespace = sourceNamespace !== undefined && sourceNamespace !== namespace;
  return [
    ...(otherNamespace ? [`the caller's namespace ${namespace} is not ${sourceNamespace}`] : []),
    ...Object.entries(sourceLabels)
      .filter(([name, wanted]) => labels[name] !== wanted)
      .map(([name, wanted]) => `the caller's label ${name} is ${labels[name] ?? "absent"}, wanted ${wanted}`),
  ];
}

/** The conditions of a match that a request does not meet, in words; empty if it matches. */
export function unmetConditions(match: HttpMatch, request: HttpRequest): string[] {
  const unmet: string[] = [];
  const compare = (name: string, wanted: StringMatch | undefined, value: string | undefined, ignoreCase = false) => {
    if (wanted === undefined) return;
    if (value === undefined) unmet.push(`${name} is absent, wanted ${conditionText(wanted)}`);
    else if (!accepts(wanted, value, ignoreCase)) unmet.push(`${name} ${value} is not ${conditionText(wanted)}`);
  };
  compare("path", match.uri, request.path, match.ignoreUriCase);
  compare("method", match.method, request.method);
  compare("authority", match.authority, request.authority);
  compare("scheme", match.scheme, "http");
  for (const [name, wanted] of Object.entries(match.headers ?? {}))
    compare(`header ${name}`, wanted, headerValue(name, request));
  for (const [name, wanted] of Object.entries(match.withoutHeaders ?? {})) {
    const value = headerValue(name, request);
    if (value !== undefined && accepts(wanted, value)) unmet.push(`header ${name} is present, wanted without`);
  }
  const query = new URLSearchParams(request.query);
  for (const [name, wanted] of Object.entries(match.queryParams ?? {}))
    compare(`query parameter ${name}`, wanted, query.get(name) ?? undefined);
  if (match.port !== undefined && match.port !== request.port) unmet.push(`port ${request.port} is not ${match.port}`);
  if (match.gateways && !match.gateways.includes(request.gateway))
    unmet.push(`the request comes through ${request.gateway}, wanted ${match.gateways.join(" or ")}`);
  return [...unmet, ...unmetByCaller(match, request)];
}
