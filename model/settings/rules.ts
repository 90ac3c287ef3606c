import { type CommandLine, configRm, configSet, configSetSecret } from "../output/remedy";
import { addressRules } from "./addressRules";
import { dataplaneRules } from "./dataplaneRules";
import { auto, caNumbers, listItems, none } from "./forms";
import type { AcceptedSettings, CrossRule, Problem } from "./problem";
import { versionRules } from "./versionRules";

const signerTrusted: CrossRule = ({ trustedCas, signingCa }) => {
  const numbers = trustedCas === undefined ? undefined : caNumbers(trustedCas);
  return numbers === undefined || signingCa === undefined || numbers.includes(signingCa)
    ? undefined
    : {
        key: "signingCa",
        value: String(signingCa),
        rule: `must be one of trustedCas, ${trustedCas}, or no client would trust the certificate`,
        remedy: [configSet("trustedCas", [...numbers.slice(-2), signingCa].sort((a, b) => a - b).join(","))],
      };
};

const builtImagesHaveRegistry: CrossRule = ({ appSource, appRegistry, cluster, registry }) =>
  appSource === "folder" && appRegistry === auto && (cluster === "existing" || registry === false)
    ? {
        key: "appSource",
        value: appSource,
        rule: "needs a registry for what is built: the one beside a k3d cluster, or appRegistry",
        remedy: [configSet("appSource", "published")],
      }
    : undefined;

const pagesHaveSource = (["grafana", "kiali"] as const).map(
  (page): CrossRule =>
    (settings) =>
      settings[page] && settings.prometheus === false
        ? {
            key: page,
            value: "true",
            rule: "needs prometheus, since it would have nothing to show",
            remedy: [configSet("prometheus", "true")],
          }
        : undefined,
);

/** Settings that a login requires, each with its value for "not set". */
const loginNeeds = [
  ["tokens", false, "with which programs get in", configSet("tokens", true)],
  ["loginClient", none, "the ID by which it knows the environment", configSet("loginClient", "ID")],
  ["loginClientSecret", none, "which goes with loginClient", configSetSecret("loginClientSecret")],
] as const satisfies readonly (readonly [keyof AcceptedSettings, unknown, string, CommandLine])[];

const loginComplete = loginNeeds.map(
  ([key, missing, why, remedy]): CrossRule =>
    (settings) =>
      settings.loginIssuer !== undefined && settings.loginIssuer !== none && settings[key] === missing
        ? {
            key: "loginIssuer",
            value: settings.loginIssuer,
            rule: `needs ${key}, ${why}`,
            remedy: [remedy],
          }
        : undefined,
);

const contextAllowed: CrossRule = ({ cluster, kubeContext, allowedContexts }) => {
  if (cluster !== "existing" || kubeContext === undefined || allowedContexts === undefined) return undefined;
  if (kubeContext === none)
    return {
      key: "cluster",
      value: cluster,
      rule: "needs kubeContext, a context of your kubeconfig, and allowedContexts, a list that has it",
      remedy: [configSet("cluster", "k3d")],
    };
  return listItems(allowedContexts).includes(kubeContext)
    ? undefined
    : {
        key: "kubeContext",
        value: kubeContext,
        rule: `must be one of allowedContexts, ${allowedContexts}`,
        remedy: [configSet("allowedContexts", kubeContext)],
      };
};

/** Keys that apply to one kind of cluster: the other kind, the default, and the reason why the key has no effect there. */
const kinds = [
  ["httpPort", "existing", 80, "its ports are not published on this host"],
  ["httpsPort", "existing", 443, "its ports are not published on this host"],
  ["loadBalancer", "k3d", "metallb", "a k3d cluster has no load balancer of its own"],
  ["registryMirrors", "existing", none, "its nodes are configured elsewhere"],
  ["imageCache", "existing", false, "its nodes are configured elsewhere"],
  ["nodeProxy", "existing", none, "its nodes are configured elsewhere"],
  ["nodeCaFile", "existing", none, "its nodes are configured elsewhere"],
  ["existingNamespaces", "k3d", none, "a new cluster has no namespaces of yours"],
] as const;

const noProxyNeedsProxy: CrossRule = ({ nodeProxy, nodeNoProxy }) =>
  nodeProxy === none && nodeNoProxy !== undefined && nodeNoProxy !== none
    ? {
        key: "nodeNoProxy",
        value: nodeNoProxy,
        rule: "has no effect without nodeProxy",
        remedy: [configRm("nodeNoProxy")],
      }
    : undefined;

const kindRules: readonly CrossRule[] = kinds.map(([key, kind, only, why]) => (settings) => {
  const value = settings[key];
  return settings.cluster !== kind || value === undefined || value === only
    ? undefined
    : {
        key,
        value: String(value),
        rule: `has no effect with cluster = ${kind}, since ${why}`,
        remedy: [configRm(key)],
      };
});

/**
 * Problems of every rule that compares several keys. A rule finds none if one of its keys was already rejected.
 */
export function crossRules(settings: AcceptedSettings): Problem[] {
  const rules = [
    ...addressRules,
    ...dataplaneRules,
    signerTrusted,
    builtImagesHaveRegistry,
    ...pagesHaveSource,
    ...loginComplete,
    contextAllowed,
    ...versionRules,
    noProxyNeedsProxy,
  ];
  return [...rules, ...kindRules].flatMap((rule) => rule(settings) ?? []);
}
