package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What gateways of one store do for each other's rows: whoever has a turn sends those of all (contract 6.1, step 2). */
interface Sharing extends AutoCloseable {

    /** Of a gateway that has its store to itself. */
    Sharing ALONE = new Sharing() {
        @Override
        public void rowsWait() {
            // Nobody else could send them.
        }

        @Override
        public List<BatchRow> reclaim(List<BatchRow> rows) {
            return rows;
        }

        @Override
        public List<BatchRow> guests(JsonNode campaign, int most) {
            return List.of();
        }

        @Override
        public boolean sentHome(BatchRow row) {
            return false;
        }

        @Override
        public void close() {
            // There are no guests.
        }
    };

    /** Own rows wait: they are offered to the others, unless their turn comes at once. */
    void rowsWait();

    /** Those of own rows that no other gateway has taken and none will take any more. */
    List<BatchRow> reclaim(List<BatchRow> rows);

    /**
     * Takes rows that wait at other gateways. They are worked on like one's own; what becomes of them is told to their
     * gateways.
     *
     * @param campaign path of the campaign; null = whichever has waited longest
     */
    List<BatchRow> guests(JsonNode campaign, int most);

    /** Whether a row that has to wait once more was a guest: its own gateway goes on with it. */
    boolean sentHome(BatchRow row);

    /** Takes no guests any more, and waits until all are told. */
    @Override
    void close();
}
