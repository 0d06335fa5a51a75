package dev.ratematch.k8s.engine;

/// One request on its way.
final class Request {
    final int input;
    final int output;
    double left;
    double age;

    Request(int input, int output, double prefillSeconds) {
        this.input = input;
        this.output = output;
        this.left = prefillSeconds;
    }
}
