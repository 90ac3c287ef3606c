import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { certificateStores } from "../../host/certificateStores";
import { ownIdentity, processAt, stateOf } from "../../host/processes";
import { certificates } from "../support/fakeGateway";
import { Stubs } from "../support/stubs";

/** A ps of BSD: it takes one keyword a call, and what follows the first `=` would be its title. */
const ps = `case "$2" in
  comm=) echo /usr/local/bin/node;;
  state=) echo Ss;;
  lstart=) cat "$(dirname "$0")/started";;
  *) echo "ps: $2: keyword not found" >&2; exit 1;;
esac`;

/** A \`security\` that logs its arguments, and finds no certificate unless there is a file \`trusted\`. */
const security = `here="$(dirname "$0")"
printf '%s\\n' "$*" >> "$here/calls"
[ "$1" = delete-certificate ] && ! [ -e "$here/trusted" ] && { echo "$(cat "$here/error")" >&2; exit 1; }
exit 0`;

describe("a Mac", () => {
  const stubs = new Stubs();
  const { platform } = process;
  beforeEach(async () => {
    Object.defineProperty(process, "platform", { value: "darwin" });
    await stubs.program("ps", ps);
    await stubs.program("sysctl", "echo A1B2-C3");
    await stubs.program("security", security);
    await writeFile(stubs.file("started"), "Fri Nov 27 07:00:00 2026\n");
  });
  afterEach(() => Object.defineProperty(process, "platform", { value: platform }));

  it("shows a process by ps, so that a second npm start sees that the first one runs", async () => {
    assert.deepEqual(await processAt(process.pid), {
      ...{ state: "running", program: "/usr/local/bin/node", started: "Fri Nov 27 07:00:00 2026" },
    });
    const first = await ownIdentity();
    assert.equal(first.boot, "A1B2-C3");
    assert.equal(await stateOf(first), "running");
  });

  it("tells a process from a later one with its number, and from one before the machine started again", async () => {
    const first = await ownIdentity();
    await writeFile(stubs.file("started"), "Fri Nov 27 08:00:00 2026\n");
    assert.equal(await stateOf(first), "ended");
    await writeFile(stubs.file("started"), "Fri Nov 27 07:00:00 2026\n");
    await stubs.program("sysctl", "echo another-boot");
    assert.equal(await stateOf(first), "ended");
  });

  describe("trusts a CA in the login keychain", () => {
    const calls = () => readFile(stubs.file("calls"), "utf8");
    const opened = async () => {
      const [store] = await certificateStores("darwin", "/Users/me");
      assert.ok(store);
      const pem = (await certificates("istio.localhost", [])).ca;
      return { store, ca: { name: "istio-on-k3d dev 1", pem, file: path.join(stubs.folder, "ca.pem") } };
    };

    it("as a root, for this account alone", async () => {
      const { store, ca } = await opened();
      await store.add(ca);
      assert.equal(
        await calls(),
        `add-trusted-cert -r trustRoot -k /Users/me/Library/Keychains/login.keychain-db ${ca.file}\n`,
      );
    });

    it("and removes exactly that certificate, also if it is gone already", async () => {
      const { store, ca } = await opened();
      await writeFile(stubs.file("trusted"), "");
      assert.equal(await store.remove(ca), true);
      assert.match(await calls(), /^delete-certificate -Z [0-9A-F]{40} -t \S+login\.keychain-db$/m);
      await stubs.program("security", security.replace("$here/trusted", "$here/absent"));
      await writeFile(stubs.file("error"), 'Unable to delete certificate matching "0A1B"');
      assert.equal(await store.remove(ca), false);
    });

    it("and fails if the password is refused", async () => {
      const { store, ca } = await opened();
      await writeFile(stubs.file("error"), "User canceled the operation.");
      await assert.rejects(store.remove(ca), { reason: /User canceled the operation/ });
    });
  });
});
