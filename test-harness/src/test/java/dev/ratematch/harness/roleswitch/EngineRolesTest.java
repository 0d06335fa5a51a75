package dev.ratematch.harness.roleswitch;

import static dev.ratematch.harness.roleswitch.FakeHost.got;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.EnginePhase;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.controller.roleswitch.engine.EngineRoles;
import dev.ratematch.controller.roleswitch.engine.EngineSettings;
import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.harness.roleswitch.FakeHost.Manner;
import dev.ratematch.harness.roleswitch.SwitchableEngine.Ending;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is made of each answer, asked over HTTP of fakes that answer as the engines do.
class EngineRolesTest {

    private static final double FREE_GB = 10;
    private static final Order.Ask ASK = new Order.Ask("pod", Role.PREFILL, 7);
    private static final Order.Switch TO_DECODE = new Order.Switch("pod", Role.DECODE, 0L, 8);
    private static final Order.Switch TO_PREFILL = new Order.Switch("pod", Role.PREFILL, 0L, 9);

    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final StandInEngine engine = new StandInEngine(Role.PREFILL);
    private double now;

    @AfterEach
    void close() throws Exception {
        for (var one : open) {
            one.close();
        }
        got(vertx.close());
    }

    private FakeHost host(RoleFake fake) {
        var host = new FakeHost(vertx, fake);
        open.add(host);
        return host;
    }

    private FakeHost sglang() {
        return host(RoleFake.sglang(engine, true, "mooncake", FREE_GB));
    }

    private FakeHost vllm() {
        return host(RoleFake.vllm(engine, true, () -> now));
    }

    private EngineRoles roles(EngineSettings settings) {
        var roles = EngineRoles.of(vertx, settings);
        open.add(roles);
        return roles;
    }

    private EngineRoles roles(Protocol protocol) {
        return roles(EngineSettings.of(protocol, Duration.ofSeconds(10)));
    }

    private static EngineSettings impatient(Protocol protocol) {
        return EngineSettings.of(protocol, Duration.ofSeconds(3))
                .readTimeout(Duration.ofSeconds(3));
    }

    private static String path(Protocol protocol) {
        return protocol == Protocol.SGLANG ? "/pd_role_switch" : "/v1/pd_role";
    }

    // --- SGLang -----------------------------------------------------------------------------

    @Test
    void sglangsLiveRoleIsNotTheOneItWasLaunchedWith() {
        var host = sglang();
        var roles = roles(Protocol.SGLANG);
        assertThat(got(roles.live(host.url())).live()).isEqualTo(LiveRole.of(Role.PREFILL));
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.SWITCHED);
        assertThat(got(roles.live(host.url())).live()).isEqualTo(LiveRole.of(Role.DECODE));
    }

    @Test
    void askingSglangChangesNothingEvenUnderLoad() {
        engine.busy(true);
        var host = sglang();
        var reply = got(roles(Protocol.SGLANG).ask(host.url(), ASK));
        assertThat(reply.answer()).isEqualTo(Answer.ABLE);
        assertThat(reply.serial()).isEqualTo(ASK.serial());
        assertThat(engine.switches()).isZero();
    }

    @Test
    void askingSglangGoesByItsLiveRoleAndNotByItsLabel() {
        var host = sglang();
        var mislabelled = new Order.Ask("pod", Role.DECODE, 7);
        assertThat(got(roles(Protocol.SGLANG).ask(host.url(), mislabelled)).answer())
                .isEqualTo(Answer.ABLE);
        assertThat(engine.switches()).isZero();
    }

    @Test
    void sglangWithoutTheFlagOrThePathIsNotOffered() {
        var off = host(RoleFake.sglang(engine, false, "mooncake", FREE_GB));
        var roles = roles(Protocol.SGLANG);
        assertThat(got(roles.ask(off.url(), ASK)).answer()).isEqualTo(Answer.NOT_OFFERED);
        assertThat(got(roles.tell(off.url(), TO_DECODE)).answer()).isEqualTo(Answer.NOT_OFFERED);
        var other = new FakeHost(vertx, null);
        open.add(other);
        assertThat(got(roles.ask(other.url(), ASK)).answer()).isEqualTo(Answer.NOT_OFFERED);
        assertThat(got(roles.tell(other.url(), TO_DECODE)).answer()).isEqualTo(Answer.NOT_OFFERED);
        assertThat(got(roles.live(other.url())).trouble()).contains("HTTP 404");
    }

    @Test
    void aTransferBackendThatCannotSaysSoBeforeAnythingLeavesRouting() {
        var host = host(RoleFake.sglang(engine, true, "nixl", FREE_GB));
        var reply = got(roles(Protocol.SGLANG).ask(host.url(), ASK));
        assertThat(reply.answer()).isEqualTo(Answer.REFUSED_SAFE);
        assertThat(reply.text()).contains("'nixl'");
    }

    @Test
    void sglangRefusesUnderLoadAndStaysAsItIs() {
        engine.busy(true);
        var host = sglang();
        var reply = got(roles(Protocol.SGLANG).tell(host.url(), TO_DECODE));
        assertThat(reply.answer()).isEqualTo(Answer.REFUSED_SAFE);
        assertThat(reply.serial()).isEqualTo(TO_DECODE.serial());
        assertThat(reply.text()).contains("HTTP 400", "not idle");
    }

    @Test
    void sglangThatSwitchesAlreadyOrBrokeIsNotSafe() {
        engine.slow().ending(Ending.BROKEN);
        var host = sglang();
        var roles = roles(Protocol.SGLANG);
        var first = roles.tell(host.url(), TO_DECODE);
        var meanwhile = Answer.ABLE;
        while (meanwhile == Answer.ABLE) {
            meanwhile = got(roles.ask(host.url(), ASK)).answer();
        }
        assertThat(meanwhile).isEqualTo(Answer.CONFLICT);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer())
                .isEqualTo(Answer.REFUSED_UNSAFE);
        engine.end();
        assertThat(got(first).answer()).isEqualTo(Answer.REFUSED_UNSAFE);
        assertThat(got(roles.ask(host.url(), ASK)).answer()).isEqualTo(Answer.REFUSED_UNSAFE);
        assertThat(engine.switches()).isEqualTo(1);
    }

    @Test
    void aSwitchThatDidNothingIsSeenByTheLiveRole() {
        engine.ending(Ending.UNDONE);
        var host = sglang();
        var roles = roles(Protocol.SGLANG);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.SWITCHED);
        assertThat(got(roles.live(host.url())).live().role()).isEqualTo(Role.PREFILL);
    }

    @Test
    void memoryForCudaGraphsIsSentToDecodeOnly() {
        engine.withoutGraphs();
        var host = sglang();
        assertThat(got(roles(Protocol.SGLANG).tell(host.url(), TO_DECODE)).answer())
                .isEqualTo(Answer.REFUSED_SAFE);
        var settings = EngineSettings.of(Protocol.SGLANG, Duration.ofSeconds(10));
        assertThat(
                        got(roles(settings.decodeCudaGraphMemoryGb(FREE_GB + 1))
                                        .tell(host.url(), TO_DECODE))
                                .answer())
                .isEqualTo(Answer.REFUSED_SAFE);
        var roles = roles(settings.decodeCudaGraphMemoryGb(4));
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.SWITCHED);
        assertThat(host.requests().getLast())
                .isEqualTo(
                        "POST /pd_role_switch"
                                + " {\"new_role\":\"decode\",\"decode_cuda_graph_memory_gb\":4.0}");
        assertThat(got(roles.tell(host.url(), TO_PREFILL)).answer()).isEqualTo(Answer.SWITCHED);
        assertThat(host.requests().getLast())
                .isEqualTo("POST /pd_role_switch {\"new_role\":\"prefill\"}");
    }

    @Test
    void sglangStatesThatDisagreeAreNoRole() {
        var host =
                sglang().with(
                                new Manner(
                                        200,
                                        "{\"internal_states\":[{\"disaggregation_mode\":\"prefill\"},"
                                                + "{\"disaggregation_mode\":\"decode\"}]}",
                                        false));
        var heard = got(roles(Protocol.SGLANG).live(host.url()));
        assertThat(heard.live()).isEqualTo(LiveRole.UNKNOWN);
        assertThat(heard.trouble()).contains("prefill, decode");
    }

    // --- vLLM -------------------------------------------------------------------------------

    @Test
    void vllmAcceptsAndIsPolledUntilItIsReadyInTheNextEpoch() {
        engine.busy(true).slow();
        var host = vllm();
        var roles = roles(Protocol.VLLM);
        assertThat(got(roles.ask(host.url(), ASK)).answer()).isEqualTo(Answer.ABLE);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.ACCEPTED);
        assertThat(host.requests().getLast())
                .isEqualTo(
                        "POST /v1/pd_role"
                                + " {\"role\":\"decode\",\"expected_epoch\":0,\"drain_timeout\":5.0}");
        var draining = new LiveRole(Role.PREFILL, 0L, EnginePhase.SWITCHING);
        assertThat(got(roles.live(host.url())).live()).isEqualTo(draining);
        engine.busy(false);
        assertThat(got(roles.live(host.url())).live()).as("committing").isEqualTo(draining);
        assertThat(got(roles.ask(host.url(), ASK)).answer()).isEqualTo(Answer.CONFLICT);
        engine.end();
        assertThat(got(roles.live(host.url())).live())
                .isEqualTo(new LiveRole(Role.DECODE, 1L, EnginePhase.READY));
    }

    @Test
    void anOrderOfAnOldEpochIsAConflictAndARepeatedOneIsNot() {
        var host = vllm();
        var roles = roles(Protocol.VLLM);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.ACCEPTED);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.ACCEPTED);
        assertThat(engine.switches()).as("the same order").isEqualTo(1);
        assertThat(got(roles.tell(host.url(), TO_PREFILL)).answer()).isEqualTo(Answer.CONFLICT);
        var unread = new Order.Switch("pod", Role.PREFILL, null, 1);
        assertThat(got(roles.tell(host.url(), unread)).answer()).isEqualTo(Answer.REFUSED_SAFE);
        assertThat(engine.switches()).isEqualTo(1);
    }

    @Test
    void aDrainThatVllmGivesUpRollsBack() {
        engine.busy(true);
        var host = vllm();
        var roles = roles(Protocol.VLLM);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.ACCEPTED);
        now = 5;
        assertThat(got(roles.live(host.url())).live().phase()).isEqualTo(EnginePhase.ROLLING_BACK);
        assertThat(got(roles.live(host.url())).live())
                .isEqualTo(new LiveRole(Role.PREFILL, 0L, EnginePhase.READY));
    }

    @Test
    void aCommitThatFailsIsTold() {
        engine.ending(Ending.BROKEN);
        var host = vllm();
        var roles = roles(Protocol.VLLM);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.ACCEPTED);
        assertThat(got(roles.live(host.url())).live().phase()).isEqualTo(EnginePhase.FAILED);
        assertThat(got(roles.ask(host.url(), ASK)).answer()).isEqualTo(Answer.REFUSED_UNSAFE);
    }

    @Test
    void vllmWithoutAPdRoleIsNotOffered() {
        var host = host(RoleFake.vllm(engine, false, () -> now));
        var roles = roles(Protocol.VLLM);
        assertThat(got(roles.ask(host.url(), ASK)).answer()).isEqualTo(Answer.NOT_OFFERED);
        assertThat(got(roles.tell(host.url(), TO_DECODE)).answer()).isEqualTo(Answer.NOT_OFFERED);
    }

    // --- label ------------------------------------------------------------------------------

    @Test
    void aLabelAsksNobody() {
        var roles = roles(Protocol.LABEL);
        String nowhere = "http://127.0.0.1:1";
        assertThat(got(roles.live(nowhere)).live()).isEqualTo(LiveRole.UNKNOWN);
        assertThat(got(roles.live(nowhere)).trouble()).isEmpty();
        assertThat(got(roles.ask(nowhere, ASK)).answer()).isEqualTo(Answer.ABLE);
        assertThat(got(roles.tell(nowhere, TO_DECODE)).answer()).isEqualTo(Answer.SWITCHED);
    }

    // --- what goes wrong --------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(value = Protocol.class, names = "LABEL", mode = EnumSource.Mode.EXCLUDE)
    void whoHangsIsUnansweredAndIsToldOnce(Protocol protocol) {
        var host = sglang().with(Manner.SILENT);
        var roles = roles(impatient(protocol));
        var told = roles.tell(host.url(), TO_DECODE);
        var asked = roles.ask(host.url(), ASK);
        var live = roles.live(host.url());
        assertThat(got(told).answer()).isEqualTo(Answer.UNANSWERED);
        assertThat(got(told).text()).contains("did not answer within 3000 ms");
        assertThat(got(asked).answer()).isEqualTo(Answer.UNANSWERED);
        assertThat(got(live).live()).isEqualTo(LiveRole.UNKNOWN);
        assertThat(host.requests())
                .as("who is late is late again")
                .hasSize(3)
                .filteredOn(request -> request.startsWith("POST"))
                .hasSize(1)
                .first()
                .asString()
                .contains(path(protocol));
    }

    @ParameterizedTest
    @EnumSource(value = Protocol.class, names = "LABEL", mode = EnumSource.Mode.EXCLUDE)
    void whoIsNotThereIsUnanswered(Protocol protocol) {
        var host = sglang();
        String url = host.url();
        host.close();
        open.remove(host);
        var roles = roles(protocol);
        assertThat(got(roles.tell(url, TO_DECODE)).answer()).isEqualTo(Answer.UNANSWERED);
        assertThat(got(roles.ask(url, ASK)).answer()).isEqualTo(Answer.UNANSWERED);
        assertThat(got(roles.live(url)).trouble()).contains("cannot be asked");
    }

    @ParameterizedTest
    @EnumSource(value = Protocol.class, names = "LABEL", mode = EnumSource.Mode.EXCLUDE)
    void garbageIsNoAnswer(Protocol protocol) {
        var host = sglang();
        var roles = roles(protocol);
        var bodies =
                List.of(
                        "<html>\u0007 hello",
                        "{}",
                        "[]",
                        "",
                        "{\"success\":\"yes\",\"role\":\"both\",\"epoch\":\"x\"}",
                        "{\"internal_states\":[{\"disaggregation_mode\":\"null\"}]}",
                        "x".repeat(3 << 20));
        for (String body : bodies) {
            host.with(new Manner(200, body, false));
            var heard = got(roles.live(host.url()));
            assertThat(heard.live()).isEqualTo(LiveRole.UNKNOWN);
            assertThat(heard.trouble()).isNotEmpty().hasSizeLessThan(400).doesNotContain("\u0007");
            assertThat(got(roles.ask(host.url(), ASK)).answer()).isEqualTo(Answer.UNANSWERED);
            host.with(new Manner(500, body, false));
            assertThat(got(roles.tell(host.url(), TO_DECODE)).answer())
                    .isEqualTo(Answer.UNANSWERED);
        }
        assertThat(engine.switches()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Protocol.class, names = "LABEL", mode = EnumSource.Mode.EXCLUDE)
    void aWrongKeyIsUnauthorisedAndShownToNobody(Protocol protocol) {
        var host = (protocol == Protocol.SGLANG ? sglang() : vllm()).wants("right-key");
        var key = new AtomicReference<>("wrong-key");
        var access = Access.OPEN.as(new Access.Bearer(key::get));
        var roles = roles(EngineSettings.of(protocol, Duration.ofSeconds(10)).access(access));
        for (Reply reply :
                List.of(got(roles.ask(host.url(), ASK)), got(roles.tell(host.url(), TO_DECODE)))) {
            assertThat(reply.answer()).isEqualTo(Answer.UNAUTHORISED);
            assertThat(reply.text()).contains("HTTP 401").doesNotContain("wrong-key");
        }
        assertThat(got(roles.live(host.url())).trouble()).doesNotContain("wrong-key");
        key.set("right-key");
        assertThat(got(roles.ask(host.url(), ASK)).answer()).as("renewed").isEqualTo(Answer.ABLE);
    }

    @Test
    void aKeyIsNotSentToWhereAnEngineLeads() {
        var other = sglang();
        var host = sglang();
        var leading = vertx.createHttpServer();
        var server =
                got(
                        leading.requestHandler(
                                        r ->
                                                r.response()
                                                        .setStatusCode(307)
                                                        .putHeader(
                                                                "Location", other.url() + r.path())
                                                        .end())
                                .listen(0, "127.0.0.1"));
        open.add(() -> got(server.close()));
        var access = Access.OPEN.as(new Access.Bearer(() -> "secret"));
        var roles =
                roles(EngineSettings.of(Protocol.SGLANG, Duration.ofSeconds(10)).access(access));
        String url = "http://127.0.0.1:" + server.actualPort();
        assertThat(got(roles.live(url)).trouble()).contains("HTTP 307");
        assertThat(other.requests()).isEmpty();
        assertThat(host.requests()).isEmpty();
    }
}
