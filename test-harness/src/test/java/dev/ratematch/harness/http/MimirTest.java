package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.harness.prometheus.RealProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Mimir of one process, with tenants.
@Tag("mimir")
class MimirTest {

    private static final String TENANT = "X-Scope-OrgID";

    private static RealProgram start(Path folder, int port) throws IOException {
        String ring = "{instance_addr: 127.0.0.1, kvstore: {store: inmemory}}";
        var config = folder.resolve("mimir.yml");
        Files.writeString(
                config,
                """
                target: all
                multitenancy_enabled: true
                activity_tracker: {filepath: ""}
                usage_stats: {enabled: false}
                server: {http_listen_address: 127.0.0.1, http_listen_port: %1$d,
                  grpc_listen_address: 127.0.0.1, grpc_listen_port: %2$d, log_level: warn}
                memberlist: {bind_addr: [127.0.0.1], bind_port: %3$d}
                common: {storage: {backend: filesystem, filesystem: {dir: %4$s/common}}}
                blocks_storage: {storage_prefix: blocks, tsdb: {dir: %4$s/tsdb},
                  bucket_store: {sync_dir: %4$s/sync}}
                compactor: {data_dir: %4$s/compactor, sharding_ring: %5$s}
                distributor: {ring: %5$s}
                ingester: {ring: {instance_addr: 127.0.0.1, kvstore: {store: inmemory},
                  replication_factor: 1, min_ready_duration: 0s}}
                store_gateway: {sharding_ring: {instance_addr: 127.0.0.1,
                  kvstore: {store: inmemory}, replication_factor: 1}}
                ruler: {rule_path: %4$s/rules, ring: %5$s}
                alertmanager: {data_dir: %4$s/alerts, sharding_ring: {instance_addr: 127.0.0.1}}
                frontend: {address: 127.0.0.1}
                query_scheduler: {ring: %5$s}
                limits: {ingestion_rate: 1000000, ingestion_burst_size: 10000000}
                """
                        .formatted(
                                port,
                                RealProgram.freePort(),
                                RealProgram.freePort(),
                                folder,
                                ring));
        return RealProgram.start(
                folder.resolve("mimir.log"),
                List.of(
                        RealProgram.binaries("mimir", "test-extended").resolve("mimir").toString(),
                        "-config.file=" + config),
                RealProgram.answering("http://127.0.0.1:%d/ready".formatted(port)));
    }

    @Test
    void tellsATenantAtEveryMomentWhatWasToldThen(@TempDir Path folder) throws Exception {
        int port = RealProgram.freePort();
        String root = "http://127.0.0.1:" + port;
        try (var _ = start(folder, port)) {
            var fleets = Store.write(root + "/api/v1/push", Map.of(TENANT, "team-a"));
            var nobody = Store.settings(root + "/prometheus");
            var team = nobody.access(Access.OPEN.header(TENANT, () -> "team-a"));
            Store.ask(
                    team,
                    client ->
                            fleets.forEach(
                                    each -> each.isToldBy(client, Same.EXACT, (_, _) -> {})));

            var fleet = fleets.getFirst();
            assertThat(Store.problems(team, fleet)).isEmpty();
            assertThat(Store.problems(nobody, fleet))
                    .singleElement()
                    .asString()
                    .contains("HTTP 401 and says \"no org id\"", TENANT, "--header NAME=VALUE");
            assertThat(
                            Store.problems(
                                    nobody.access(Access.OPEN.header(TENANT, () -> "team-b")),
                                    fleet))
                    .singleElement()
                    .asString()
                    .contains("answers, but it is empty");
            assertThat(Store.problems(Store.settings(root).access(team.access()), fleet))
                    .singleElement()
                    .asString()
                    .contains("HTTP 404", "check the URL and its path prefix");
        }
    }
}
