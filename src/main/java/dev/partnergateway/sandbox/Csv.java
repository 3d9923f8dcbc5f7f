package dev.partnergateway.sandbox;

import java.util.ArrayList;
import java.util.List;

/** Comma-separated values as RFC 4180 has them. */
final class Csv {

    private Csv() {}

    /**
     * A row with the line of the file on which it starts.
     *
     * @param line counted from 1
     */
    record Row(int line, List<String> cells) {}

    /**
     * Reads all rows; empty lines are passed over.
     *
     * @throws Refusal 400 with the line on which the quoting is broken
     */
    static List<Row> read(String text) {
        List<Row> rows = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        boolean closed = false;
        int line = 1;
        int start = 1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '\n';
            if (quoted && i < text.length()) {
                line += c == '\n' ? 1 : 0;
                if (c != '"') {
                    cell.append(c);
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else {
                    quoted = false;
                    closed = true;
                }
            } else if (quoted) {
                throw broken(start, "A quoted cell does not end");
            } else if (c == ',') {
                cells.add(cell.toString());
                cell.setLength(0);
                closed = false;
            } else if (c == '\n') {
                cells.add(cell.toString());
                cell.setLength(0);
                if (cells.size() > 1 || closed || !cells.get(0).isEmpty()) {
                    rows.add(new Row(start, cells));
                }
                cells = new ArrayList<>();
                closed = false;
                line++;
                start = line;
            } else if (c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) == '\n')) {
                continue;
            } else if (c == '"' && cell.isEmpty() && !closed) {
                quoted = true;
            } else if (c == '"' || closed) {
                throw broken(start, "A quotation mark stands where none may stand");
            } else {
                cell.append(c);
            }
        }
        return rows;
    }

    static Refusal broken(int line, String details) {
        return Refusal.badRequest("Invalid", details, "line", String.valueOf(line));
    }
}
