package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.roleswitch.Event;
import dev.ratematch.controller.roleswitch.Home;
import dev.ratematch.controller.roleswitch.Instance;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Load;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.SwitchPolicy;
import dev.ratematch.controller.roleswitch.Switchboard;
import dev.ratematch.controller.roleswitch.engine.EngineRoles;
import dev.ratematch.controller.roleswitch.engine.EngineSettings;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.RoleSwitch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A board, the port to the engines and engines under traffic, over real HTTP.
class RoleSwitchEndToEndTest {

    private static final long SECOND = 1_000_000_000L;
    private static final double LOOK_SECONDS = 5;
    private static final int LOOKS_MAX = 200;

    private final Vertx vertx = Vertx.vertx();
    private final WebClient client = WebClient.create(vertx);
    private final ExposedCluster exposed =
            new ExposedCluster(
                    Shows.plant().withRoleSwitch(RoleSwitch.taking(8, 1)), Shows.trace());
    private final Cluster cluster = exposed.cluster();
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<Event> events = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
        PlantServer.await(vertx.close());
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void twoDecodeInstancesBecomePrefillInstancesAndOneComesBackUnderTraffic(Protocol protocol) {
        cluster.scale(Role.PREFILL, 2);
        cluster.scale(Role.DECODE, 4);
        var policy = new SwitchPolicy(protocol, 300, 60, 1, 1, 1);
        var settings =
                EngineSettings.of(protocol, Duration.ofSeconds(60)).decodeCudaGraphMemoryGb(4);
        try (var server = new PlantServer(vertx, exposed, Ports.FREE, protocol);
                var host = new HttpHost(vertx, server.apiUrl());
                var roles = EngineRoles.of(vertx, settings)) {
            var there = run(server, host, roles, policy, new Sizes(4, 2), Switchboard.EMPTY);
            assertThat(there.tallies().of(Result.SWITCHED)).isEqualTo(2);
            var back = run(server, host, roles, policy, new Sizes(3, 3), there);
            assertThat(back.tallies().of(Result.SWITCHED)).isEqualTo(3);
        }
        assertThat(cluster.offered()).isPositive();
        assertThat(cluster.log().dropped()).as("requests lost").isZero();
        assertThat(events).noneMatch(Event.Conflict.class::isInstance);
        assertThat(events).noneMatch(Event.GivenUp.class::isInstance);
    }

    /// Looks until the pools are as wanted and nothing is under way.
    private Switchboard run(
            PlantServer server,
            HttpHost host,
            EngineRoles roles,
            SwitchPolicy policy,
            Sizes wanted,
            Switchboard from) {
        var board = from;
        double now = cluster.nowNanos() / (double) SECOND;
        for (int i = 0; i < LOOKS_MAX; i++) {
            now += LOOK_SECONDS;
            cluster.runUntil(Math.round(now * SECOND));
            server.refresh();
            var loads = loads();
            var state = board;
            double at = now;
            var turn =
                    server.away(
                            () -> {
                                var urls = urls(host);
                                var seen = look(server, roles, urls, loads, at);
                                var result = state.step(policy, wanted, seen, at);
                                result.orders().forEach(o -> carryOut(server, roles, urls, o));
                                return result;
                            });
            board = turn.next();
            events.addAll(turn.events());
            var pools = new Sizes(routed(Role.PREFILL), routed(Role.DECODE));
            if (board.open().isEmpty() && pools.equals(wanted)) {
                return board;
            }
        }
        throw new AssertionError("not done after %d looks: %s".formatted(LOOKS_MAX, board.open()));
    }

    private int routed(Role role) {
        return (int) cluster.podNames(role).stream().filter(cluster::routed).count();
    }

    private Map<String, Double> loads() {
        var loads = new TreeMap<String, Double>();
        for (var role : Role.values()) {
            cluster.podNames(role).forEach(pod -> loads.put(pod, 0.0 + cluster.requests(pod)));
        }
        return loads;
    }

    private static Map<String, String> urls(HttpHost host) {
        var urls = new TreeMap<String, String>();
        for (Target target : host.targets()) {
            if (!target.pod().equals("frontend")) {
                urls.put(target.pod(), target.url().replaceAll("(?<=\\d)/.*", ""));
            }
        }
        return urls;
    }

    private List<Instance> look(
            PlantServer server,
            EngineRoles roles,
            Map<String, String> urls,
            Map<String, Double> loads,
            double now) {
        var homes = new TreeMap<String, Home>();
        var pods =
                new JsonArray(
                        String.valueOf(
                                PlantServer.await(client.getAbs(server.apiUrl() + "/pods").send())
                                        .bodyAsString()));
        for (int i = 0; i < pods.size(); i++) {
            JsonObject pod = pods.getJsonObject(i);
            if (pod.containsKey("label")) {
                homes.put(
                        pod.getString("pod"),
                        Home.valueOf(pod.getString("label").toUpperCase(Locale.ROOT)));
            }
        }
        var seen = new ArrayList<Instance>();
        urls.forEach(
                (pod, url) -> {
                    LiveRole live = PlantServer.await(roles.live(url)).live();
                    seen.add(
                            new Instance(
                                    pod,
                                    "1",
                                    homes.getOrDefault(pod, Home.NEITHER),
                                    true,
                                    false,
                                    new Load(loads.get(pod), 0.0, 0.0, now),
                                    live,
                                    replies.getOrDefault(pod, Reply.NONE)));
                });
        return seen;
    }

    private void carryOut(
            PlantServer server, EngineRoles roles, Map<String, String> urls, Order order) {
        String pod = order.instance();
        String url = urls.getOrDefault(pod, "");
        switch (order) {
            case Order.Ask ask -> once(pod, ask.serial(), () -> roles.ask(url, ask));
            case Order.Switch told -> once(pod, told.serial(), () -> roles.tell(url, told));
            case Order.Unroute _ -> label(server, pod, "neither");
            case Order.Route(_, var role) -> label(server, pod, role.label());
            case Order.Delete delete -> throw new AssertionError(delete);
        }
    }

    private void once(String pod, long serial, Supplier<Future<Reply>> send) {
        if (replies.getOrDefault(pod, Reply.NONE).serial() != serial) {
            replies.put(pod, new Reply(Reply.Answer.UNDER_WAY, serial, ""));
            send.get().onSuccess(reply -> replies.put(pod, reply));
        }
    }

    private void label(PlantServer server, String pod, String label) {
        var response =
                PlantServer.await(
                        client.putAbs(server.apiUrl() + "/pods/" + pod)
                                .sendBuffer(Buffer.buffer("{\"label\":\"%s\"}".formatted(label))));
        assertThat(response.statusCode()).as(response.bodyAsString()).isEqualTo(200);
    }
}
