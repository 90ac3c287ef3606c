import { archivePath, type Chart } from "../mesh/charts";
import { crdsFolder, manifestPath } from "../mesh/gatewayApi";
import { archiveName, type Plugin } from "./plugins";

/** Name of a chart's archive in the folder of a bundle. */
export const chartFile = ({ name, version }: Chart): string => `${name}-${version}.tgz`;

/** Name of the file with the CRDs of the Gateway API in the folder of a bundle. */
export const crdsFile = ({ name, version }: Chart): string => `${name}-${version}.yaml`;

/**
 * Commands that install a bundle on a machine without access to the internet. npm runs every command of the project in the
 * folder of the checkout, so the files of the bundle are named by its own folder.
 */
export function installSteps(
  charts: readonly Chart[],
  plugins: readonly Plugin[],
  crds: readonly Chart[] = [],
): string[] {
  return [
    "# on the machine without access to the internet, in the checkout",
    "FOLDER=/path/to/this/folder",
    'docker load --input "$FOLDER/images.tar"',
    ...charts.map((chart) => {
      const file = archivePath(chart);
      const folder = file.slice(0, file.lastIndexOf("/"));
      return `mkdir -p "${folder}" && cp "$FOLDER/${chartFile(chart)}" "${file}"`;
    }),
    ...crds.map(
      (chart) => `mkdir -p "${crdsFolder(chart)}" && cp "$FOLDER/${crdsFile(chart)}" "${manifestPath(chart)}"`,
    ),
    ...plugins.map(
      (plugin) =>
        `npm run pulumi -- plugin install resource ${plugin.name} v${plugin.version} --file "$FOLDER/${archiveName(plugin)}"`,
    ),
  ];
}
