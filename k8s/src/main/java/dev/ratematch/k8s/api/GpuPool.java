package dev.ratematch.k8s.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// GPUs of one kind that several services share.
@Group(Api.GROUP)
@Version(Api.VERSION)
@ShortNames("gpupool")
@Categories("ratematch")
@AdditionalPrinterColumn(
        name = "Accelerator",
        jsonPath = ".spec.accelerator",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "GPUs",
        jsonPath = ".spec.gpus",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Granted",
        jsonPath = ".status.grantedGpus",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class GpuPool extends CustomResource<GpuPoolSpec, GpuPoolStatus> {}
