package dev.ratematch.controller.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ratematch.controller.service.ServiceRequest;
import java.util.List;

/// The service line of the step protocol, for hosts that have it from elsewhere.
public final class ServiceLines {

    private ServiceLines() {}

    /// The service that an object describes.
    ///
    /// @param unknown takes the fields that the protocol does not have
    /// @throws IllegalArgumentException naming the field that is wrong
    public static ServiceRequest read(JsonNode line, List<UnknownField> unknown) {
        return LineReader.service(line, unknown).request();
    }

    /// The same service with what an object says of how to control it: its `min_budget_gpus`,
    /// `options` and `behavior`. Other fields are left alone.
    ///
    /// @throws IllegalArgumentException naming the field that is wrong
    public static ServiceRequest controlled(ServiceRequest request, JsonNode line) {
        var top = Fields.of(line);
        return request.controlled(LineReader.minBudget(top), TuningReader.read(top));
    }
}
