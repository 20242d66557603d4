import { container } from "../builders/container.ts";
import { list, string, struct } from "../builders/parameters.ts";
import { descriptions } from "./generated/descriptions.ts";
import type { AccessMode } from "./volumes.ts";

const create = descriptions.createpvc;

/**
 * Makes a PersistentVolumeClaim, for tasks after it; its output `name` goes to `pvcMount` and `deletePvc`.
 * Give one of `pvc_name` and `pvc_name_suffix`. Kubeflow's own backend does it, without a container.
 * https://kfp-kubernetes.readthedocs.io/en/latest/source/kubernetes.html#kfp.kubernetes.CreatePVC
 *
 * ```ts
 * createPvc({ access_modes: ["ReadWriteOnce"], size: "5Gi", pvc_name_suffix: "-data", storage_class_name: "standard" });
 * ```
 */
export const createPvc = container("createpvc", {
  image: "argostub/createpvc",
  inputs: {
    access_modes: list<AccessMode>({ description: create.access_modes }),
    size: string({ description: create.size }),
    pvc_name: string({ optional: true, description: create.pvc_name }),
    pvc_name_suffix: string({ optional: true, description: create.pvc_name_suffix }),
    storage_class_name: string({ default: "", description: create.storage_class_name }),
    volume_name: string({ optional: true, description: create.volume_name }),
    annotations: struct<Readonly<Record<string, string>>>({ optional: true, description: create.annotations }),
    data_source: struct<DataSource>({ optional: true, description: create.data_source }),
  },
  outputs: { name: string() },
});

/** What a claim's volume is filled from: a snapshot, or another claim. */
export interface DataSource {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * Deletes a PersistentVolumeClaim. Let it come `after` the tasks that mount it.
 * https://kfp-kubernetes.readthedocs.io/en/latest/source/kubernetes.html#kfp.kubernetes.DeletePVC
 */
export const deletePvc = container("deletepvc", {
  image: "argostub/deletepvc",
  inputs: { pvc_name: string({ description: descriptions.deletepvc.pvc_name }) },
});
