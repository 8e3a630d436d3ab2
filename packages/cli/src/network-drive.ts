import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { PlimsollError } from "@plimsoll/schema"

const remote =
  /^(nfs\d?|cifs|smb\d?|smbfs|9p|afs|afpfs|webdav|davfs|ncpfs|ceph|lustre|beegfs|gpfs|glusterfs|ocfs2|gfs2|fuse\.(sshfs|glusterfs|s3fs|rclone|ceph.*|gcsfuse|davfs.*|smb.*|goofys|blobfuse.*))$/

const nearestFolder = (path: string): string => {
  let folder = resolve(path)
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return realpathSync(folder)
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

const holds = (mount: string, folder: string): boolean =>
  mount === "/" || folder === mount || folder.startsWith(`${mount}/`)

/** The type of the file system that holds a folder, from the text of `/proc/self/mountinfo`. */
export const typeInMountinfo = (mountinfo: string, folder: string): string | undefined => {
  let found: { readonly mount: string; readonly type: string } | undefined
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ")
    const mount = unescaped(before.split(" ")[4] ?? "")
    const type = after.split(" ")[0]
    // Of two mounts on one folder the later hides the earlier.
    if (
      mount !== "" &&
      type !== undefined &&
      holds(mount, folder) &&
      mount.length >= (found?.mount.length ?? 0)
    ) {
      found = { mount, type }
    }
  }
  return found?.type
}

/** The same from what `mount` prints on macOS: `//me@host/share on /Volumes/share (smbfs, nodev)`. */
export const typeInMountList = (list: string, folder: string): string | undefined => {
  let found: { readonly mount: string; readonly type: string } | undefined
  for (const line of list.split("\n")) {
    const [, mount, type] = / on (.+) \(([^,)]+)/.exec(line) ?? []
    if (
      mount !== undefined &&
      type !== undefined &&
      holds(mount, folder) &&
      mount.length >= (found?.mount.length ?? 0)
    ) {
      found = { mount, type }
    }
  }
  return found?.type
}

const typeOf = (path: string): string | undefined => {
  try {
    const folder = nearestFolder(path)
    switch (process.platform) {
      case "linux":
        return typeInMountinfo(readFileSync("/proc/self/mountinfo", "utf8"), folder)
      case "darwin":
        return typeInMountList(execFileSync("/sbin/mount", { encoding: "utf8" }), folder)
      case "win32":
        // A drive letter that stands for a share cannot be told from a local one without a native call.
        return /^[\\/]{2}(?![?.])|^\\\\\?\\UNC\\/i.test(folder) ? "smb" : undefined
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

/** The type of the network file system that a folder lies on; undefined where it is local, or cannot be told. */
export const networkDrive = (path: string): string | undefined => {
  const type = typeOf(path)
  return type !== undefined && remote.test(type) ? type : undefined
}

/** Refuses a folder on a network drive with `store-on-network-drive`: locks and fsync are not to be trusted there. */
export const refuseNetworkDrive = (directory: string): void => {
  const type = networkDrive(directory)
  if (type === undefined) return
  throw new PlimsollError({
    code: "store-on-network-drive",
    message: `${directory} is on a network drive (${type}), where locks and writes cannot be relied on`,
    configPath: "directory",
    suggestion: "set directory to a folder on a local disk; the published file may lie where it is"
  })
}
