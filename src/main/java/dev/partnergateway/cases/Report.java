package dev.partnergateway.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** What became of several cases. */
public record Report(List<Outcome> outcomes) {

    /** How many are not as they say. */
    public long failed() {
        return outcomes.stream().filter(outcome -> !outcome.passed()).count();
    }

    /** How many there were and how many failed, as a sentence. */
    public String summary() {
        long failed = failed();
        return outcomes.size()
                + (outcomes.size() == 1 ? " case, " : " cases, ")
                + (failed == 0 ? "all as they say" : failed + " failed");
    }

    /** Writes them in JUnit's XML, a suite for each integration, for whatever shows test results. */
    public void writeJunit(Path file) {
        Map<String, List<Outcome>> suites = new TreeMap<>();
        outcomes.forEach(outcome -> suites.computeIfAbsent(outcome.of().integration(), name -> new ArrayList<>())
                .add(outcome));
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            try (Writer writer = Files.newBufferedWriter(file)) {
                XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(writer);
                xml.writeStartDocument("UTF-8", "1.0");
                xml.writeStartElement("testsuites");
                for (Map.Entry<String, List<Outcome>> suite : suites.entrySet()) {
                    write(xml, suite.getKey(), new Report(suite.getValue()));
                }
                xml.writeEndElement();
                xml.writeEndDocument();
                xml.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(file + " cannot be written", e);
        }
    }

    private static void write(XMLStreamWriter xml, String name, Report suite) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", name);
        xml.writeAttribute("tests", Integer.toString(suite.outcomes().size()));
        xml.writeAttribute("failures", Long.toString(suite.failed()));
        xml.writeAttribute(
                "time", seconds(suite.outcomes().stream().map(Outcome::took).reduce(Duration.ZERO, Duration::plus)));
        for (Outcome outcome : suite.outcomes()) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", name);
            xml.writeAttribute("name", outcome.of().name());
            xml.writeAttribute("file", outcome.of().file().toString());
            xml.writeAttribute("line", Integer.toString(outcome.line()));
            xml.writeAttribute("time", seconds(outcome.took()));
            if (!outcome.passed()) {
                xml.writeStartElement("failure");
                xml.writeAttribute(
                        "message", printable(outcome.differences().get(0).toString()));
                xml.writeCharacters(printable(outcome.diff()));
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.3f", took.toMillis() / 1000.0);
    }

    /** XML cannot hold every character. */
    private static String printable(String text) {
        return text.codePoints()
                .map(c ->
                        c == '\n' || c == '\t' || c >= ' ' && !Character.isSurrogate((char) c) || c > 0xFFFF ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
