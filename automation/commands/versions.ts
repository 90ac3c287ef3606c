import { readFile } from "node:fs/promises";
import { readIndex, versionsIn } from "../../charts/repositoryIndex";
import { fetchFile } from "../../host/fetch";
import { inRegistry, inRepository } from "../../model/mesh/charts";
import { type Pin, pinnedParts, type ReleaseSource } from "../../model/pins/pins";
import { releaseOf, tagsOfFeed } from "../../model/pins/releases";
import { type PinReleases, versionsReport } from "../../model/pins/report";
import { settingsInFile } from "../stack/fileSettings";
import { commandsFor } from "../stack/project";

/** Seconds in which a place has to answer. */
const seconds = 10;

/** Servers of the sources that no setting names. */
export interface ReleaseServers {
  readonly npm: string;
  readonly github: string;
}

const publicServers = (): ReleaseServers => ({
  // npm sets the variable for its scripts if a user has another registry
  npm: process.env["npm_config_registry"] ?? "https://registry.npmjs.org/",
  github: "https://github.com",
});

const fetchText = async (url: string): Promise<string> => (await fetchFile(url, { seconds })).toString();

/** @throws Error if the place does not list its releases */
async function tagsOf(source: ReleaseSource, servers: ReleaseServers): Promise<string[]> {
  switch (source.kind) {
    case "charts": {
      const { repository, chart, auth } = source;
      if (inRegistry({ repository })) throw new Error(`${repository} is an OCI registry, which has no index`);
      return versionsIn(await readIndex({ url: repository, auth }, { seconds }), chart);
    }
    case "npm": {
      const text = await fetchText(inRepository(servers.npm, `${source.package}/latest`));
      return [(JSON.parse(text) as { version: string }).version];
    }
    default:
      return tagsOfFeed(await fetchText(`${servers.github}/${source.repository}/releases.atom`));
  }
}

/** Releases of a pinned part, or the reason why they are not known. */
async function releasesOf(pin: Pin, servers: ReleaseServers): Promise<PinReleases> {
  const releases = await tagsOf(pin.source, servers).then(
    (tags) => tags.flatMap((tag) => releaseOf(tag) ?? []),
    (error: Error) => error,
  );
  const isEmpty = !(releases instanceof Error) && releases.length === 0;
  return { pin, releases: isEmpty ? new Error("it lists no release") : releases };
}

/** Shows the pinned versions, the newest ones where a registry answers, and the versions that go together. */
export async function showVersions(
  stack: string,
  say: (line: string) => void,
  servers = publicServers(),
): Promise<void> {
  const settings = await settingsInFile(stack);
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const parts = await Promise.all(pinnedParts(settings, dependencies).map((pin) => releasesOf(pin, servers)));
  say(versionsReport(parts, settings, commandsFor(stack)));
}
