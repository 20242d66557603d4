import type {
  KubernetesExecutorConfigJson,
  PvcMountJson,
  SelectorRequirementJson,
} from "../ir/generated/kubernetes_executor_config_pb.js";
import type { JsonValue, RunTimeValueNode } from "../nodes/index.ts";

/** A task's options as nodes hold them: the message of the IR, frozen, with values that only the run knows. */
export type Config = Omit<Nodes<KubernetesExecutorConfigJson>, "pvcMount"> & {
  /** Has the reference to a name that only the run knows among its own fields, too. */
  readonly pvcMount?: readonly (Nodes<PvcMountJson> | RunTimeValueNode)[];
  readonly initContainers?: readonly InitContainerConfig[];
};

/** What the IR calls an `InputParameterSpec`. */
export type ParameterNode = RunTimeValueNode | { readonly runtimeValue: { readonly constant: JsonValue } };

/** What no release of the descriptors has yet: a container that runs before the task's own. */
export interface InitContainerConfig {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts?: readonly { readonly volumeName: string; readonly mountPath: string }[];
  readonly restartPolicy?: "Always";
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

export type SelectorConfig = Nodes<SelectorRequirementJson>;

/** Fields of which a task can have several. */
export type ListField = {
  [Field in keyof Config]-?: Required<Config>[Field] extends readonly unknown[] ? Field : never;
}[keyof Config];

export type Entry<Field extends ListField> = NonNullable<Config[Field]>[number];

type Nodes<Message> = {
  readonly [Field in keyof Message]: Field extends `${string}NameParameter` | `${string}Json`
    ? ParameterNode
    : NodeOf<Message[Field]>;
};

type NodeOf<Type> = Type extends readonly (infer Item)[]
  ? readonly NodeOf<Item>[]
  : Type extends object
    ? Nodes<Type>
    : Type;
