package dev.ratematch.controller.telemetry;

/// What is wrong with a line, before it is known which one it is.
final class BadLine extends RuntimeException {

    private final String problem;

    BadLine(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    @Override
    public String getMessage() {
        return problem;
    }
}
