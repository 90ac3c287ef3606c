import fc from "fast-check";
import { type KeyName, settingKeys } from "../../model/settings/contract";
import type { Key } from "../../model/settings/kinds";
import { refused } from "./refused";

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join("."));
const path = fc.stringMatching(/^[a-z0-9]{1,12}(\/[a-z0-9]{1,12}){0,3}$/);
const url = fc
  .tuple(fc.constantFrom("http", "https"), host, path)
  .map(([scheme, name, rest]) => `${scheme}://${name}/${rest}`);
const image = fc.tuple(host, path).map(([name, rest]) => `${name}/${rest}`);
const subnet = fc
  .tuple(fc.constantFrom("10.44", "10.60", "172.20", "192.168"), fc.nat(255), fc.integer({ min: 16, max: 27 }))
  .map(([start, third, prefix]) => `${start}.${third}.0/${prefix}`);
const login = fc.tuple(label, fc.stringMatching(/^[!-~]{1,20}$/)).map(([user, password]) => `${user}:${password}`);

/** Values of the keys that are texts of a form; the others follow from their key. */
const forms: Readonly<Partial<Record<KeyName, fc.Arbitrary<string>>>> = {
  kubeContext: label,
  allowedContexts: fc.array(label, { minLength: 1, maxLength: 3 }).map((names) => names.join(",")),
  existingNamespaces: fc.constantFrom("istio-system", "helloworld,metallb-system"),
  clusterName: label,
  subnet,
  pool: fc.tuple(fc.nat(255), fc.nat(255)).map(([first, last]) => `10.44.0.${first}-10.44.0.${last}`),
  registryMirrors: fc
    .array(fc.tuple(host, url), { minLength: 1, maxLength: 3 })
    .map((pairs) => pairs.map((pair) => pair.join("=")).join(",")),
  nodeProxy: url,
  nodeNoProxy: fc.array(host, { minLength: 1, maxLength: 3 }).map((hosts) => [...new Set(hosts)].join(",")),
  nodeCaFile: fc.constantFrom("/etc/ssl/company-ca.pem", "/home/me/ca.pem"),
  pullSecret: fc
    .tuple(host, login)
    .map(([registry, text]) => JSON.stringify({ auths: { [registry]: { auth: btoa(text) } } })),
  metallbChartAuth: login,
  istioChartAuth: login,
  domain: host,
  metallbChartRepository: url,
  istioChartRepository: url,
  gatewayApiRepository: url,
  istioHub: image,
  appImage: image,
  appRegistry: image,
  trustedCas: fc.constantFrom("1,2", "2", "1,2,3"),
  canaryHeader: fc.stringMatching(/^x-[a-z]{1,20}$/),
  loginIssuer: url,
  loginClient: label,
  loginClientSecret: fc.stringMatching(/^[!-~]{1,40}$/),
};

function valuesOf(name: KeyName, key: Key): fc.Arbitrary<string> {
  const bad = fc.constantFrom(...(refused[name] ?? [""]));
  const good =
    forms[name] ??
    (key.options
      ? fc.constantFrom(...key.options)
      : key.type === "integer"
        ? fc.integer({ min: 0, max: 9999 }).map(String)
        : key.type === "boolean"
          ? fc.constantFrom("true", "false")
          : fc.constant(String(key.default)));
  return fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: bad });
}

/** Configurations of up to a dozen keys, most of whose values have the right form. */
export const anyConfiguration: fc.Arbitrary<Record<string, string>> = fc
  .subarray(Object.keys(settingKeys) as KeyName[], { maxLength: 12 })
  .chain((names) =>
    fc.tuple(...names.map((name) => valuesOf(name, settingKeys[name] as Key).map((value) => [name, value] as const))),
  )
  .map((entries) => Object.fromEntries(entries));
