import { readIndex, versionsIn } from "../../charts/repositoryIndex";
import { fetchFile } from "../../host/fetch";
import { capture, lines } from "../../host/process";
import { settingKeys } from "../../model/settings/contract";
import { none } from "../../model/settings/forms";
import { type Config, type MachineReads, withVersions } from "./machineVersions";

/** Configuration that the machine needs, such as mirrors, as a JSON object of keys and texts. */
const configured = JSON.parse(process.env["E2E_CONFIG"] ?? "{}") as Config;

/** Image of each reference that was looked for: an up needs the same ones many times. */
const images = new Map<string, Promise<boolean>>();
const succeeds = (result: Promise<unknown>): Promise<boolean> =>
  result.then(
    () => true,
    () => false,
  );
const docker = (...args: string[]) => succeeds(capture("docker", args, { seconds: 120 }));

/** This machine's Docker, and the chart repositories that its configuration names. */
export const machineReads: MachineReads = {
  async chartVersions(repository, charts) {
    const index = await readIndex({ url: repository, auth: none });
    const [first = [], ...others] = charts.map((chart) => versionsIn(index, chart));
    return first.filter((version) => others.every((versions) => versions.includes(version)));
  },
  hasImage(image) {
    const known =
      images.get(image) ?? docker("image", "inspect", image).then((there) => there || docker("pull", "--quiet", image));
    images.set(image, known);
    return known;
  },
  hasFile: (url) => succeeds(fetchFile(url)),
  tags: async (image) => lines(await capture("docker", ["image", "ls", image, "--format", "{{.Tag}}"])),
};

let chosen: Promise<Config> | undefined;

/** Configuration for an environment on this machine, with the versions that it can install. */
export function machineConfig(): Promise<Config> {
  chosen ??= withVersions(configured, machineReads, (line) => console.log(line));
  return chosen;
}

/** Version that an environment of this machine's configuration has. */
export const machineVersion = async (key: "istioVersion" | "k3sVersion"): Promise<string> =>
  (await machineConfig())[key] ?? settingKeys[key].default;
