/** A provider plugin, which Pulumi downloads before its first use. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  /** URL of the archive for one platform, on Pulumi's server or a mirror. */
  readonly url: string;
}

const packages = /^@pulumi\/(command|docker|kubernetes|tls)$/;

/** Places in which Pulumi looks for a plugin, in this order. */
const placesOf = (name: string): readonly string[] => [
  `github://api.github.com/pulumi/pulumi-${name}`,
  "https://get.pulumi.com/releases/plugins",
];

/**
 * Folder of the mirror of a plugin; undefined if no pair replaces one of its places with an HTTP server.
 *
 * @param overrides - PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES, pairs PATTERN=URL whose URLs may name groups of the pattern
 * (https://www.pulumi.com/docs/iac/cli/environment-variables/)
 */
function mirrorOf(name: string, overrides: string): string | undefined {
  for (const place of placesOf(name))
    for (const pair of overrides.split(",").filter((text) => text !== "")) {
      const [pattern = "", url = ""] = pair.split("=");
      // Go writes the name of a group with a P
      const match = new RegExp(pattern.replaceAll("(?P<", "(?<")).exec(place);
      if (match && /^https?:/.test(url))
        return url
          .replace(/\$(?:\{(\w+)\}|(\d))/g, (text, group, index) => match.groups?.[group] ?? match[index] ?? text)
          .replace(/\/$/, "");
    }
  return undefined;
}

/**
 * The provider plugins that the program needs, in the versions of its SDKs.
 *
 * @param dependencies - of package.json
 * @param platform - such as linux-amd64
 * @param overrides - Pulumi's setting of mirrors, see {@link mirrorOf}
 */
export function pluginsOf(dependencies: Readonly<Record<string, string>>, platform: string, overrides = ""): Plugin[] {
  return Object.entries(dependencies).flatMap(([dependency, version]) => {
    const name = packages.exec(dependency)?.[1];
    if (name === undefined) return [];
    const folder = mirrorOf(name, overrides) ?? "https://get.pulumi.com/releases/plugins";
    return [{ name, version, url: `${folder}/pulumi-resource-${name}-v${version}-${platform}.tar.gz` }];
  });
}

/** Name of a plugin's archive. */
export const archiveName = ({ url }: Plugin): string => url.slice(url.lastIndexOf("/") + 1);
