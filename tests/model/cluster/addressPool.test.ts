import assert from "node:assert/strict";
import fc from "fast-check";
import {
  choosePool,
  formatAddress,
  overlaps,
  parsePool,
  parseSubnet,
  reservedAddresses,
} from "../../../model/cluster/addressPool";

const subnets = fc
  .record({ third: fc.nat(255), fourth: fc.nat(255), prefix: fc.integer({ min: 16, max: 26 }) })
  .map(({ third, fourth, prefix }) => {
    const size = 2 ** (32 - prefix);
    const base = ((10 * 256 + 60) * 256 + third) * 256 + fourth;
    return `${formatAddress(Math.floor(base / size) * size)}/${prefix}`;
  });

describe("the address pool", () => {
  it("takes the last 16 addresses before broadcast", () => {
    assert.equal(choosePool("10.44.0.0/24", "auto"), "10.44.0.239-10.44.0.254");
    assert.equal(choosePool("172.20.0.0/16", "auto"), "172.20.255.239-172.20.255.254");
    assert.equal(choosePool("192.168.9.64/26", "auto"), "192.168.9.111-192.168.9.126");
  });

  it("keeps a pool that the user chose", () => {
    assert.equal(choosePool("10.44.0.0/24", "10.44.0.100-10.44.0.110"), "10.44.0.100-10.44.0.110");
  });

  it("never contains the network, the gateway, a node or the broadcast address", () => {
    fc.assert(
      fc.property(subnets, fc.integer({ min: 0, max: 8 }), (text, agents) => {
        const subnet = parseSubnet(text);
        const pool = parsePool(choosePool(text, "auto"));
        assert.ok(subnet && pool);
        assert.ok(!overlaps(pool, reservedAddresses(subnet, agents)));
        assert.ok(pool.first > subnet.first && pool.last === subnet.last - 1);
        assert.equal(pool.last - pool.first + 1, 16);
      }),
    );
  });

  it("writes addresses as it reads them", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (address) => {
        assert.equal(parsePool(`${formatAddress(address)}-${formatAddress(address)}`)?.first, address);
      }),
    );
  });
});
