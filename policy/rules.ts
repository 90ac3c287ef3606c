/** A resource as the Pulumi engine passes it to a policy. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A rule about one resource. Returns a message for each violation. */
export type ResourceRule = (resource: Resource) => string[];

const object = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/**
 * Known entries of a value.
 *
 * In a preview some properties are unknown, and reading one throws (UnknownValueError in @pulumi/policy's proxy.ts).
 */
function known(value: unknown): [string, unknown][] {
  const holder = object(value);
  return Object.keys(holder).flatMap((key) => {
    try {
      return [[key, holder[key]] as [string, unknown]];
    } catch (error) {
      if ((error as Error).constructor.name === "UnknownValueError") return [];
      throw error;
    }
  });
}

/** All strings in a value, at any depth. */
function textsOf(value: unknown): string[] {
  return typeof value === "string" ? [value] : known(value).flatMap(([, inner]) => textsOf(inner));
}

/** All values of a key, at any depth. */
function valuesOf(key: string, value: unknown): unknown[] {
  return known(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(key, inner)]);
}

const pinned = (image: string): boolean =>
  /@sha256:[0-9a-f]{64}$/.test(image) || /:(?!latest$)[\w][\w.-]*$/.test(image);
const workload = /^kubernetes:(apps|batch|core)\/v1:(Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|Pod)$/;

/** One version of Helm, which also accepts ranges such as `1.30.3 - 9.9.9` (https://helm.sh/docs/chart_best_practices/dependencies/). */
const exactVersion = /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/;

/** Requires a tag or digest for images and an exact version for charts, so that environments are reproducible. */
export const pinnedVersions: ResourceRule = ({ type, props }) => {
  if (type === "kubernetes:helm.sh/v3:Release") {
    const version = props["version"];
    return typeof version === "string" && exactVersion.test(version)
      ? []
      : [`chart ${props["chart"]} must have an exact version, not ${version ?? "none"}`];
  }
  if (!workload.test(type)) return [];
  const spec = known(props).filter(([name]) => name === "spec");
  const images = valuesOf("image", Object.fromEntries(spec)).filter(
    (image): image is string => typeof image === "string",
  );
  return images
    .filter((image) => image !== "auto" && !pinned(image))
    .map((image) => `image ${image} must have a tag other than latest, or a digest`);
};

/** A private key in PEM, or a key of a kubeconfig in YAML or JSON. */
const secretText = /-----BEGIN [A-Z ]*PRIVATE KEY-----|["']?client-key-data["']?\s*:/;
/** Types whose providers store these inputs as secrets. */
const secretStores = /^(tls:|kubernetes:core\/v1:Secret$|pulumi:providers:kubernetes$)/;

/** Rejects private keys and kubeconfigs in inputs that the state would show as plain text. */
export const noPlainSecrets: ResourceRule = ({ type, props }) => {
  if (secretStores.test(type)) return [];
  return known(props)
    .filter(([name, value]) => name !== "stdout" && textsOf(value).some((text) => secretText.test(text)))
    .map(([name]) => `${name} must not hold a private key or a kubeconfig as plain text`);
};
