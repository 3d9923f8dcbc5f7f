package dev.partnergateway.contract;

import java.util.List;

/** A file is no contract; says everything that is wrong with it. */
public final class ContractMistakes extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> all;

    ContractMistakes(String file, List<String> all, Throwable cause) {
        super(file + ": " + String.join("; ", all), cause);
        this.all = List.copyOf(all);
    }

    /**
     * Every mistake on its own.
     *
     * @return sentences that begin with the place and a colon: a JSON Pointer, or an operationId and words that lead on
     *     from there
     */
    public List<String> all() {
        return all;
    }
}
