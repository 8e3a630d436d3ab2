import { expect, it } from "vitest"
import { networkDrive, typeInMountinfo, typeInMountList } from "./network-drive.ts"

const mountinfo = [
  "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
  "36 27 0:30 / /mnt/team rw,relatime shared:1 - nfs4 server:/export rw,vers=4.2",
  "37 27 0:31 / /mnt/with\\040space rw - cifs //server/share rw",
  "38 36 254:1 / /mnt/team/local rw - xfs /dev/vdb rw",
  "39 27 0:32 / /home/me/far rw - fuse.sshfs me@host: rw",
  "40 27 0:33 / /over rw - ext4 /dev/vdc rw",
  "41 40 0:34 / /over rw - 9p host rw"
].join("\n")

it.each([
  ["/var/lib", "ext4"],
  ["/mnt/team", "nfs4"],
  ["/mnt/team/a/b", "nfs4"],
  ["/mnt/teams", "ext4"],
  ["/mnt/team/local/x", "xfs"],
  ["/mnt/with space/x", "cifs"],
  ["/home/me/far/x", "fuse.sshfs"],
  ["/over/x", "9p"]
])("knows what %s lies on, on Linux", (folder, type) => {
  expect(typeInMountinfo(mountinfo, folder)).toBe(type)
})

it("knows what a folder lies on, on macOS", () => {
  const list = "/dev/disk3s1 on / (apfs, sealed, local)\n//me@host/share on /Volumes/my share (smbfs, nodev)"
  expect(typeInMountList(list, "/Users/me")).toBe("apfs")
  expect(typeInMountList(list, "/Volumes/my share/x")).toBe("smbfs")
})

it("finds no network drive under the source of this test", () => {
  expect(networkDrive(`${import.meta.dirname}/not/there/yet`)).toBeUndefined()
})
