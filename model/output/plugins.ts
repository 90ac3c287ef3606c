/** A provider plugin, which Pulumi downloads before its first use. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  /** URL of the archive for one platform, on Pulumi's server. */
  readonly url: string;
}

const packages = /^@pulumi\/(command|docker|kubernetes|tls)$/;

/**
 * The provider plugins that the program needs, in the versions of its SDKs.
 *
 * @param dependencies - of package.json
 * @param platform - such as linux-amd64
 */
export function pluginsOf(dependencies: Readonly<Record<string, string>>, platform: string): Plugin[] {
  return Object.entries(dependencies).flatMap(([dependency, version]) => {
    const name = packages.exec(dependency)?.[1];
    const file = `pulumi-resource-${name}-v${version}-${platform}.tar.gz`;
    return name === undefined ? [] : [{ name, version, url: `https://get.pulumi.com/releases/plugins/${file}` }];
  });
}

/** Name of a plugin's archive. */
export const archiveName = ({ url }: Plugin): string => url.slice(url.lastIndexOf("/") + 1);
