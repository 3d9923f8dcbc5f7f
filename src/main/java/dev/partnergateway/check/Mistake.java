package dev.partnergateway.check;

import java.util.Comparator;

/**
 * Something wrong in a file.
 *
 * @param file its name from the working directory, such as {@code routes/example.camel.yaml}
 * @param line where, from 1
 * @param column where in the line, from 1
 * @param sentence what is wrong and, where that can be told, what was probably meant
 */
public record Mistake(String file, int line, int column, String sentence) implements Comparable<Mistake> {

    private static final Comparator<Mistake> BY_PLACE = Comparator.comparing(Mistake::file)
            .thenComparing(Mistake::line)
            .thenComparing(Mistake::column)
            .thenComparing(Mistake::sentence);

    @Override
    public int compareTo(Mistake other) {
        return BY_PLACE.compare(this, other);
    }

    /** As compilers print it, so that editors lead to the place. */
    @Override
    public String toString() {
        return file + ':' + line + ':' + column + ": " + sentence;
    }
}
