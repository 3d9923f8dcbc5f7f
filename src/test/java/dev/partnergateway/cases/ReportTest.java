package dev.partnergateway.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What is told of cases that were run. */
class ReportTest {

    @TempDir
    Path folder;

    private static Outcome outcome(String integration, String name, Difference... differences) {
        Case of = new Case(integration, Path.of("cases", integration, "a.yaml"), 3, name, List.of(), List.of());
        boolean passed = differences.length == 0;
        return new Outcome(
                of, passed ? 3 : 5, passed ? 0 : 1, List.of(differences), List.of(), Duration.ofMillis(1500));
    }

    private static final Report REPORT = new Report(List.of(
            outcome("shop", "One"),
            outcome("shop", "<Two>", new Difference("answer /a", "1", "2\u0000"), new Difference("answer /b", "", "3")),
            outcome("other", "Three")));

    @Test
    void aDifferenceIsShownAsADiffWithFileAndLine() {
        assertEquals(1, REPORT.failed());
        assertEquals("3 cases, 1 failed", REPORT.summary());
        assertEquals("1 case, all as they say", new Report(List.of(outcome("shop", "One"))).summary());
        assertEquals(
                List.of(
                        "cases/shop/a.yaml:5: step 1",
                        "  answer /a",
                        "    - 1",
                        "    + 2\u0000",
                        "  answer /b",
                        "    + 3"),
                REPORT.outcomes().get(1).diff().lines().toList());
    }

    @Test
    void theReportIsXmlWhateverStandsInIt() throws Exception {
        Path file = folder.resolve("new").resolve("report.xml");
        REPORT.writeJunit(file);
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        assertEquals(2, document.getElementsByTagName("testsuite").getLength());
        Element shop = (Element) document.getElementsByTagName("testsuite").item(1);
        assertEquals(
                "shop 2 1",
                shop.getAttribute("name") + " " + shop.getAttribute("tests") + " " + shop.getAttribute("failures"));
        Element failed = (Element) document.getElementsByTagName("failure").item(0);
        assertTrue(failed.getTextContent().contains("cases/shop/a.yaml:5"), failed.getTextContent());
        Element two = (Element) failed.getParentNode();
        assertEquals(
                "<Two> 5 1.500",
                two.getAttribute("name") + " " + two.getAttribute("line") + " " + two.getAttribute("time"));
    }
}
