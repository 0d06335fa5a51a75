package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.fleet.TargetView;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class LeanObjectsTest {

    private static final String OWNED =
            """
            {"apiVersion": "apps/v1", "kind": "Deployment",
             "metadata": {"name": "decode", "managedFields": [
               {"manager": "kubectl", "operation": "Apply", "time": "2026-01-01T00:00:00Z",
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:spec": {"f:template": {".": {}, "k:[1]": {"f:image": {}}}}}},
               {"manager": "somebody", "operation": "Update", "time": "2026-01-02T00:00:00Z",
                "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:replicas": {}}, "f:more": {}}},
               {"manager": "nobody", "operation": "Update"}]},
             "spec": {"replicas": 3}}
            """;

    @Test
    void of_what_each_writer_owns_only_the_count_is_kept() {
        var fields =
                LeanObjects.serialization()
                        .unmarshal(OWNED, Deployment.class)
                        .getMetadata()
                        .getManagedFields();

        assertThat(fields).hasSize(3);
        assertThat(fields.get(0).getFieldsV1().getAdditionalProperties()).isEmpty();
        assertThat(fields.get(1).getFieldsV1().getAdditionalProperties())
                .containsOnlyKeys("f:replicas");
        assertThat(fields.get(1).getManager()).isEqualTo("somebody");
        assertThat(fields.get(2).getFieldsV1()).isNull();
    }

    @Test
    void who_set_a_count_is_told_as_by_the_whole_object() {
        var whole = new KubernetesSerialization();
        var lean = LeanObjects.serialization();
        for (String text : new String[] {OWNED, OWNED.replace("f:replicas", "f:paused")}) {
            var expected = view(whole, text);
            var view = view(lean, text);
            assertThat(view.foreignWriter()).isEqualTo(expected.foreignWriter());
            assertThat(view.countSetAt()).isEqualTo(expected.countSetAt());
            assertThat(view.writtenByUs()).isEqualTo(expected.writtenByUs());
        }
    }

    @Test
    void the_rest_of_an_object_is_read_as_ever() {
        var pod =
                LeanObjects.serialization()
                        .unmarshal(
                                """
                                {"kind": "Pod", "metadata": {"labels": {"a": "b"}, "managedFields":
                                  [{"fieldsV1": {"f:metadata": {"f:labels": {"f:a": {}}}}}],
                                  "name": "decode-0"},
                                 "status": {"podIP": "10.0.0.1", "phase": "Running"}}
                                """,
                                Pod.class);

        assertThat(pod.getMetadata().getName()).isEqualTo("decode-0");
        assertThat(pod.getMetadata().getLabels()).containsEntry("a", "b");
        assertThat(pod.getStatus().getPodIP()).isEqualTo("10.0.0.1");
    }

    private static TargetView view(KubernetesSerialization reader, String text) {
        return new TargetView(reader.unmarshal(text, GenericKubernetesResource.class), 3, "");
    }
}
