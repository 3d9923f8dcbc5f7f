package dev.partnergateway.cases;

import java.nio.file.Path;

/** A file of cases is not as described; the message begins with file and line. */
public final class CaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CaseException(Path file, int line, String sentence) {
        super(file + ":" + line + ": " + sentence);
    }
}
