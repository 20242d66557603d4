import type { JsonObject } from "../../../local/vertex/wire/json.ts";

/** What becomes of a reference spec on local Vertex. */
export type Expectation = Succeeds | Fails | Refused | Cannot;

interface Given {
  readonly parameters?: JsonObject;
  /** Input artifacts, by the text that each has as its content. */
  readonly artifacts?: Readonly<Record<string, string>>;
}

/** Runs to a good end. */
export interface Succeeds extends Given {
  readonly ends: "well";
  /** Output parameters of the whole pipeline. */
  readonly outputs?: JsonObject;
  /**
   * Whether the Python SDK's local runner gives the same outputs; otherwise why it is not asked: it is wrong (the
   * number is that of the list of its faults), it can't run containers, or the pipeline tosses a coin.
   */
  readonly peer: "same" | "wrong" | "containers" | "random";
  /** Tasks that don't run, by unique name. */
  readonly notTriggered?: readonly string[];
  /** How long it sleeps, in minutes: it is started before all others, and looked at after them. */
  readonly minutes?: number;
}

/** Fails, and should: on Vertex it would too. */
export interface Fails extends Given {
  readonly ends: "badly";
  /** Part of the error of each task that fails, by unique name. */
  readonly errors: Readonly<Record<string, string>>;
  /** Tasks that run all the same. */
  readonly succeeded?: readonly string[];
}

/** Is not taken: it asks for what Vertex doesn't have either. */
export interface Refused extends Given {
  readonly ends: "refused";
  readonly message: string;
}

/** Can't be run here, for a reason. */
export interface Cannot {
  readonly ends: "not run";
  readonly reason: string;
}

const same: Succeeds = { ends: "well", peer: "same" };
const containers: Succeeds = { ends: "well", peer: "containers" };
const random: Succeeds = { ends: "well", peer: "random" };
const needs = (reason: string): Cannot => ({ ends: "not run", reason });
const myProgram = needs("its program my_program is nobody's");
const volumes = needs("argostub/createpvc is a stub of Argo Workflows, without a command");

export const expectations: Readonly<Record<string, Expectation>> = {
  "arguments_parameters.yaml": { ...containers, parameters: { param1: "one", param2: "two" } },
  "component_with_metadata_fields.yaml": {
    ends: "well",
    peer: "wrong",
    artifacts: { dataset_a: "left ", dataset_b: "right" },
    outputs: { Output: "left right" },
  },
  "component_with_task_final_status_GH-12033.yaml": {
    ends: "badly",
    errors: { "exit-comp": "'NoneType' object has no attribute 'get'" },
  },
  "conditional_producer_and_consumers.yaml": { ends: "well", peer: "wrong" },
  "container_io.yaml": myProgram,
  "container_with_artifact_output.yaml": needs("gcr.io/my-image is nobody's"),
  "container_with_if_placeholder.yaml": myProgram,
  "container_with_placeholder_in_fstring.yaml": myProgram,
  "containerized_python_component.yaml": needs("kfp-image is an image that its author builds"),
  "create_pod_metadata_complex.yaml": {
    ends: "badly",
    errors: { "validate-no-pod-metadata": "ValueError: Pod annotation is None" },
  },
  "critical/artifact_cache.yaml": same,
  "critical/collected_parameters.yaml": same,
  "critical/component_with_optional_inputs.yaml": same,
  "critical/container_component_with_no_inputs.yaml": containers,
  "critical/flip_coin.yaml": random,
  "critical/if_else_with_oneof_artifacts.yaml": { ends: "well", peer: "wrong" },
  "critical/mixed_parameters.yaml": same,
  "critical/modelcar.yaml": {
    ends: "badly",
    errors: { "get-model-files-list": "The model does not exist at: /oci/" },
    succeeded: ["build-model-car"],
  },
  "critical/multiple_artifacts_namedtuple.yaml": same,
  "critical/multiple_parameters_namedtuple.yaml": same,
  "critical/notebook_component_simple.yaml": { ends: "well", peer: "wrong" },
  "critical/parallel_for_after_dependency.yaml": same,
  "critical/parameter_oneof.yaml": random,
  "critical/parameters_simple.yaml": containers,
  "critical/pipeline_with_artifact_upload_download.yaml": needs("it downloads a data set from huggingface.co"),
  "critical/pipeline_with_importer_workspace.yaml": { ends: "refused", message: "downloadToWorkspace" },
  "critical/pipeline_with_input_status_state.yaml": {
    // It wants COMPLETE, which is Argo's word; Vertex says SUCCEEDED.
    ends: "badly",
    errors: { "echo-state": "AssertionError" },
    succeeded: ["exit-handler-1.some-task"],
  },
  "critical/pipeline_with_placeholders.yaml": {
    // It wants the resource name of open-source KFP, which begins with the pipeline's.
    ends: "badly",
    errors: { "print-all-placeholders": "AssertionError" },
  },
  "critical/pipeline_with_pod_metadata.yaml": {
    ends: "badly",
    errors: { "validate-no-pod-metadata": "Pod annotation is None" },
  },
  "critical/pipeline_with_retry.yaml": same,
  "critical/pipeline_with_secret_as_env.yaml": { ends: "badly", errors: { comp: "AssertionError" } },
  "critical/pipeline_with_submit_request.yaml": same,
  "critical/pipeline_with_volume_long_name.yaml": volumes,
  "critical/pipeline_with_workspace.yaml": { ends: "refused", message: "workspace_path" },
  "critical/producer_consumer_param_pipeline.yaml": containers,
  "critical/two_step_pipeline_containerized.yaml": containers,
  "cross_loop_after_topology.yaml": same,
  "env-var.yaml": {
    ends: "badly",
    parameters: { env_var: "RETEMPER_NOT_SET" },
    errors: { comp: "Env var is not set" },
  },
  "essential/component_with_env_variable.yaml": same,
  "essential/container_no_input.yaml": containers,
  "essential/embedded_artifact.yaml": same,
  "essential/lightweight_python_functions_with_outputs.yaml": {
    ...same,
    parameters: { first_message: "one", second_message: "two", first_number: 3, second_number: 4 },
  },
  "essential/pipeline_with_after.yaml": containers,
  "essential/pipeline_with_condition.yaml": random,
  "essential/pipeline_with_metrics_outputs.yaml": same,
  "essential/pipeline_with_outputs.yaml": containers,
  "essential/pipeline_with_reused_component.yaml": same,
  "essential/placeholder_with_if_placeholder_none_input_value.yaml": containers,
  "failing/fail_v2.yaml": { ends: "badly", errors: { fail: "exited with a non-zero status of 1" } },
  "failing/pipeline_with_exit_handler.yaml": {
    ends: "badly",
    errors: { "exit-handler-1.fail-op": "Task failed." },
    succeeded: ["print-op"],
  },
  "failing/pipeline_with_multiple_exit_handlers.yaml": {
    ends: "badly",
    errors: { "exit-handler-1.fail-op": "Task failed." },
    succeeded: ["print-op", "print-op-3", "print-op-5"],
  },
  "gpu-scheduling/nvidia_gpu_scheduling_check.yaml": containers,
  "hello_world.yaml": containers,
  "identity.yaml": { ...same, parameters: { value: "text" }, outputs: { Output: "text" } },
  "if_elif_else_with_oneof_parameters.yaml": random,
  "if_else_with_oneof_artifacts.yaml": { ends: "well", peer: "wrong" },
  "if_else_with_oneof_parameters.yaml": random,
  "input_artifact.yaml": { ends: "well", peer: "wrong", artifacts: { data: "rows" } },
  "integration/ray_integration_compiled.yaml": needs("it makes a Ray cluster on OpenShift"),
  "local_execution/local_execution_pipeline_with_exit_handler.yaml": same,
  "local_execution/local_execution_pipeline_with_ignore_upstream_failure.yaml": {
    ends: "badly",
    parameters: { marker_path: "marker" },
    errors: { "fail-always": "upstream failed intentionally" },
    succeeded: ["write-marker"],
  },
  "local_execution/local_execution_pipeline_with_k8s_only_methods.yaml": same,
  "local_execution/local_execution_pipeline_with_oneof.yaml": same,
  "local_execution/pipeline_with_caching.yaml": same,
  "local_execution/pipeline_with_collected_artifacts.yaml": same,
  "log_streaming_compiled.yaml": { ...containers, minutes: 1, parameters: { message: "still here" } },
  "long-running.yaml": { ...containers, minutes: 5 },
  "metrics_visualization_v2.yaml": { ends: "well", peer: "wrong" },
  "mounted_cabundle_configmap.yaml": containers,
  "mounted_cabundle_secret.yaml": containers,
  "nested_return.yaml": {
    ...same,
    outputs: {
      Output: [
        { A_a: "1", B_b: "2" },
        { A_a: "10", B_b: "20" },
      ],
    },
  },
  "output_metrics.yaml": same,
  "parallel_and_nested/loop_consume_upstream.yaml": same,
  "parallel_and_nested/nested_parallel_for_secret.yaml": same,
  "parallel_and_nested/parallel_for_mount_pvc.yaml": volumes,
  "parallel_and_nested/parallel_for_secret.yaml": same,
  "parameters_complex.yaml": { ends: "well", peer: "wrong" },
  "pipeline_with_concat_placeholder.yaml": containers,
  "pipeline_with_condition_dynamic_task_output_custom_training_job.yaml": {
    ...random,
    parameters: { project: "test-project", location: "us-central1" },
  },
  "pipeline_with_dynamic_importer_metadata.yaml": same,
  "pipeline_with_google_artifact_type.yaml": {
    // No such package exists.
    ends: "badly",
    errors: { "model-producer": "packages (aiplatform) can't be installed" },
  },
  "pipeline_with_importer_and_gcpc_types.yaml": needs("the image dummy is nobody's"),
  "pipeline_with_loops_and_conditions.yaml": random,
  "pipeline_with_nested_loops.yaml": { ends: "well", peer: "wrong" },
  "pipeline_with_only_display_name.yaml": containers,
  "pipeline_with_parallelfor_list_artifacts_GH-12033.yaml": same,
  "pipeline_with_parallelfor_pipeline_param.yaml": {
    ...same,
    parameters: { loop_parameter: ["a", "b"], prefix: "text" },
  },
  "pipeline_with_secret_as_volume.yaml": { ends: "badly", errors: { comp: "Secret not found" } },
  "pipeline_with_string_machine_fields_pipeline_input.yaml": same,
  "pipeline_with_task_final_status.yaml": {
    ends: "badly",
    errors: { "my-pipeline.fail-op": "Task failed." },
    succeeded: ["my-pipeline.print-op", "exit-op"],
  },
  "pipeline_with_task_final_status_yaml.yaml": containers,
  "pipeline_with_utils.yaml": random,
  "pipeline_with_volume.yaml": volumes,
  "pipeline_with_volume_no_cache.yaml": volumes,
  // The local runner makes floats of whole numbers (12).
  "preprocess.yaml": {
    ends: "well",
    peer: "wrong",
    parameters: { message: "text", input_dict_parameter: { A: 1 }, input_list_parameter: ["a", "b"] },
    outputs: {
      output_parameter_path: "text",
      output_bool_parameter_path: true,
      output_dict_parameter_path: { A: 1 },
      output_list_parameter_path: ["a", "b"],
    },
  },
  "pvc_mount.yaml": { ends: "badly", parameters: { pvc_name: "claim" }, errors: { producer: "/data/file.txt" } },
  "pythonic_artifacts_with_multiple_returns.yaml": { ends: "well", peer: "wrong" },
  "take_nap_compiled.yaml": { ...same, parameters: { naptime_secs: 1 } },
  "take_nap_pipeline_root_compiled.yaml": { ...same, parameters: { naptime_secs: 1 } },
  "upload_download_compiled.yaml": needs("it wants a MinIO server, and its secret"),
  "xgboost_sample_pipeline.yaml": needs("it downloads taxi trips with byrnedo/alpine-curl, and wants xgboost 1.1"),
  "kubernetes/config_map_as_env.yaml": same,
  "kubernetes/config_map_as_vol.yaml": same,
  "kubernetes/create_mount_delete_dynamic_pvc.yaml": volumes,
  "kubernetes/create_mount_delete_existing_pvc.yaml": volumes,
  "kubernetes/general_ephemeral_volume.yaml": same,
  "kubernetes/image_pull_secrets.yaml": same,
  "kubernetes/init_container.yaml": same,
  "kubernetes/node_selector.yaml": same,
  "kubernetes/nodeaffinity.yaml": same,
  "kubernetes/secret_as_env.yaml": same,
  "kubernetes/secret_as_vol.yaml": same,
  "kubernetes/security_context.yaml": same,
  "kubernetes/timeout.yaml": same,
  "kubernetes/toleration.yaml": same,
};
