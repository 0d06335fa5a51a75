package dev.ratematch.controller.roleswitch;

/// What is worth telling people, once each.
public sealed interface Event {

    /// Of whom.
    String instance();

    /// A sentence.
    String text();

    /// A switch began.
    record Begun(Transaction transaction, String text) implements Event {
        @Override
        public String instance() {
            return transaction.instance();
        }
    }

    /// It is clear how it ends, and the way back, or the replacement, begins.
    record GivenUp(Transaction transaction, Result result, String text) implements Event {
        @Override
        public String instance() {
            return transaction.instance();
        }
    }

    /// A transaction is over; its [Spent] has what each phase took.
    record Ended(Transaction transaction, Result result, String text) implements Event {
        @Override
        public String instance() {
            return transaction.instance();
        }
    }

    /// Somebody else changed a label or a role.
    record Conflict(String instance, String text) implements Event {}

    /// A phase is past its deadline and what would end it is not happening.
    record Stuck(Transaction transaction, String text) implements Event {
        @Override
        public String instance() {
            return transaction.instance();
        }
    }
}
