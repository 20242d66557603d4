import type { KubernetesOption } from "../nodes/index.ts";
import { filled, quantity, someOf } from "./checks.ts";
import { appending, defined, option } from "./option.ts";
import { type Text, textParameter } from "./parameter.ts";
import { metadata } from "./pod-metadata.ts";

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes */
export type AccessMode = "ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod";

export interface PvcMountOptions {
  /** The claim's name, which may be known only at run time: `createPvc(…).name`. */
  readonly pvcName: Text;
  readonly mountPath: string;
  /** A folder of the volume; its root when left out. */
  readonly subPath?: string;
}

/**
 * Mounts a PersistentVolumeClaim. Several such options add up.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes
 *
 * ```ts
 * const claim = createPvc({ access_modes: ["ReadWriteOnce"], size: "5Gi", pvc_name_suffix: "-data" });
 * const training = train({ data }).kubernetes(pvcMount({ pvcName: claim.name, mountPath: "/data" }));
 * deletePvc({ pvc_name: claim.name }).after(training);
 * ```
 */
export function pvcMount({ pvcName, mountPath, subPath }: PvcMountOptions): KubernetesOption {
  const name = textParameter(pvcName, "pvcName");
  const mount = {
    pvcNameParameter: name,
    mountPath: filled(mountPath, "mountPath"),
    ...defined({ subPath: subPath || undefined }),
  };
  // Installations before 2.14 read the name from the mount itself.
  return appending(
    "pvcMount",
    "runtimeValue" in name ? { ...mount, constant: pvcName as string } : { ...name, beside: mount },
  );
}

export interface EphemeralVolumeOptions {
  readonly volumeName: string;
  readonly mountPath: string;
  readonly accessModes: readonly AccessMode[];
  /** Such as `5Gi`. */
  readonly size: string;
  /** The cluster's default when left out. */
  readonly storageClassName?: string;
  /** Of the claim that is made. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of the claim that is made. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A volume that is claimed for the task and goes with it. Several such options add up.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export function ephemeralVolume(options: EphemeralVolumeOptions): KubernetesOption {
  const { storageClassName, labels = {}, annotations = {} } = options;
  const described = metadata(labels, annotations);
  return appending("genericEphemeralVolume", {
    volumeName: filled(options.volumeName, "volumeName"),
    mountPath: filled(options.mountPath, "mountPath"),
    accessModes: someOf(options.accessModes, "accessModes"),
    size: quantity(options.size, "size"),
    ...(storageClassName === undefined && { defaultStorageClass: true }),
    ...(storageClassName && { storageClassName }),
    ...(Object.keys(described).length > 0 && { metadata: described }),
  });
}

export interface EmptyDirMountOptions {
  readonly volumeName: string;
  readonly mountPath: string;
  /** The node's disk when left out. */
  readonly medium?: "Memory" | "HugePages" | `HugePages-${string}`;
  /** Such as `1Gi`. */
  readonly sizeLimit?: string;
}

/**
 * An empty folder that goes with the task. Several such options add up.
 * https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
 */
export function emptyDirMount({ volumeName, mountPath, medium, sizeLimit }: EmptyDirMountOptions): KubernetesOption {
  return appending("emptyDirMounts", {
    volumeName: filled(volumeName, "volumeName"),
    mountPath: filled(mountPath, "mountPath"),
    ...defined({ medium, sizeLimit: sizeLimit === undefined ? undefined : quantity(sizeLimit, "sizeLimit") }),
  });
}

export interface SharedMemoryOptions {
  /** `shm` when left out. */
  readonly volumeName?: string;
  /** Such as `2Gi`; the node decides when left out. */
  readonly size?: string;
}

/**
 * More of `/dev/shm` than a container's 64 MB, which data loaders with several workers need. The last such option holds.
 * https://github.com/kubeflow/pipelines/blob/master/kubernetes_platform/proto/kubernetes_executor_config.proto
 */
export function sharedMemory({ volumeName = "shm", size }: SharedMemoryOptions = {}): KubernetesOption {
  const enabledSharedMemory = {
    volumeName: filled(volumeName, "volumeName"),
    ...defined({ size: size === undefined ? undefined : quantity(size, "size") }),
  };
  return option((config) => ({ ...config, enabledSharedMemory }));
}
