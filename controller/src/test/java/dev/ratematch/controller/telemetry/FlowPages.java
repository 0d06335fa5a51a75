package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a frontend and of two pools under a steady load over one window, in requests per
/// second.
final class FlowPages {

    static final double WINDOW = 60;

    /// Requests that wait in each pod when the window begins.
    private static final int QUEUE = 1000;

    private final Catalogue catalogue = Catalogue.shipped();
    private final ExpositionParser parser = ExpositionParser.reading(catalogue);
    private final List<String> prefill = new ArrayList<>();
    private final List<String> decode = new ArrayList<>();
    private final StringBuilder frontend = new StringBuilder();
    private int prefillReady;
    private int decodeReady;

    /// A prefill pod that ends so many requests a second.
    FlowPages prefill(double rate) {
        return prefill(rate, "");
    }

    /// One whose queue grows by so many requests a second meanwhile.
    FlowPages prefill(double rate, double growth) {
        String page = engine(rate, 1);
        String waiting = "waiting{model_name=\"Llama-70b\"} ";
        prefill.add(page.replace(waiting + QUEUE, waiting + (QUEUE + growth * WINDOW)));
        prefillReady++;
        return this;
    }

    FlowPages prefill(double rate, String more) {
        prefill.add(engine(rate, 1) + more);
        prefillReady++;
        return this;
    }

    /// A decode pod that ends so many sequences a second.
    FlowPages decode(double rate) {
        return decode(rate, "");
    }

    FlowPages decode(double rate, String more) {
        decode.add(engine(rate, 400) + more);
        decodeReady++;
        return this;
    }

    /// A pod that serves and is not read.
    FlowPages unread(Source source) {
        prefillReady += source == Source.PREFILL ? 1 : 0;
        decodeReady += source == Source.DECODE ? 1 : 0;
        return this;
    }

    private static String engine(double rate, int tokens) {
        double n = rate * WINDOW;
        return """
        vllm:num_requests_running{model_name="Llama-70b"} 20
        vllm:num_requests_waiting{model_name="Llama-70b"} 1000
        vllm:request_success_total{model_name="Llama-70b",finished_reason="stop"} %s
        vllm:request_prompt_tokens_sum{model_name="Llama-70b"} %s
        vllm:request_prompt_tokens_count{model_name="Llama-70b"} %s
        vllm:request_generation_tokens_sum{model_name="Llama-70b"} %s
        vllm:request_generation_tokens_count{model_name="Llama-70b"} %s
        """
                .formatted(n, 3000 * n, n, tokens * n, n);
    }

    /// What Dynamo's frontend counts of a model: come, ended well, refused, a second each.
    FlowPages dynamo(String model, double come, double well, double refused) {
        frontend.append(
                """
                dynamo_frontend_requests_started_total{model="%1$s"} %2$s
                dynamo_frontend_requests_total{model="%1$s",status="success",error_type=""} %3$s
                dynamo_frontend_requests_total{model="%1$s",status="error",error_type="overload"} %4$s
                dynamo_frontend_time_to_first_token_seconds_sum{model="%1$s"} %3$s
                dynamo_frontend_time_to_first_token_seconds_count{model="%1$s"} %3$s
                """
                        .formatted(model, come * WINDOW, well * WINDOW, refused * WINDOW));
        return this;
    }

    /// What the endpoint picker counts of a name, a second each.
    FlowPages picker(String model, double taken, double refused) {
        frontend.append(
                """
                llm_d_epp_request_total{model_name="%1$s",target_model_name="%1$s"} %2$s
                llm_d_epp_request_duration_seconds_count{model_name="%1$s",target_model_name="%1$s"} %2$s
                llm_d_epp_request_error_total{model_name="%1$s",error_code="ResourceExhausted"} %3$s
                """
                        .formatted(model, taken * WINDOW, refused * WINDOW));
        return this;
    }

    TrafficReading read() {
        var prefills = history(Source.PREFILL, prefill);
        var decodes = history(Source.DECODE, decode);
        var pages = frontend.isEmpty() ? List.<String>of() : List.of(frontend.toString());
        @Nullable ScrapeHistory user = pages.isEmpty() ? null : history(Source.FRONTEND, pages);
        return new EngineReader(90, WINDOW)
                .read(
                        2 * WINDOW,
                        prefills,
                        decodes,
                        user,
                        FleetCounts.steady(prefillReady),
                        FleetCounts.steady(decodeReady))
                .traffic();
    }

    /// All counters stand at zero when the window begins.
    private ScrapeHistory history(Source source, List<String> pages) {
        var history = new ScrapeHistory(source, 4 * WINDOW, WINDOW);
        for (int round = 1; round <= 2; round++) {
            var answers = new ArrayList<PodScrape>();
            for (int i = 0; i < pages.size(); i++) {
                String body = round == 2 ? pages.get(i) : zero(pages.get(i));
                var scrape = parser.parse(body);
                answers.add(
                        PodScrape.of(
                                source.label() + i,
                                scrape,
                                catalogue.detect(scrape.names(), source)));
            }
            history.append(round * WINDOW, answers);
        }
        return history;
    }

    private static String zero(String page) {
        return page.replaceAll("(?m)^(?!.*(?:running|waiting))(.*) \\S+$", "$1 0")
                .replaceAll("(?m)^(.*waiting\\{.*) \\S+$", "$1 " + QUEUE);
    }

    static List<Flow.Kind> kinds(TrafficReading traffic) {
        return traffic.flow().notes().stream().map(Flow.Note::kind).toList();
    }

    static boolean holds(TrafficReading traffic) {
        return traffic.flow().notes().stream().anyMatch(Flow.Note::holds);
    }
}
