package dev.ratematch.harness.plant;

/// Is told of what happens to requests as users see it, as it happens; here lies what a frontend
/// counts. Nobody may change the plant from here.
public interface RequestObserver {

    /// Takes no notice.
    RequestObserver NONE = new RequestObserver() {};

    /// A request has come.
    default void arrived() {}

    /// The first token that the user sees is out.
    default void firstToken(Job job, long nanos) {}

    /// The last token is out.
    default void completed(Job job, long nanos) {}

    /// A client has given up a request that had no first token.
    default void givenUp() {}

    /// A request is lost with its replica.
    default void dropped() {}
}
