package dev.partnergateway.harness;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes a class call static methods of another class than it was written for, by its constant pool alone: so a test
 * gives the product another clock without a switch in the product.
 */
public final class Redirection {

    private static final int COUNT_AT = 8;
    private static final int POOL_AT = 10;

    private final Map<String, String> targets;

    /**
     * Names what is called instead.
     *
     * @param targets from {@code java/lang/System.nanoTime} to a class with a static method of the same name and type
     */
    public Redirection(Map<String, String> targets) {
        this.targets = Map.copyOf(targets);
    }

    /** The class with its calls led elsewhere; the very same bytes when it has none of them. */
    public byte[] of(byte[] classFile) {
        ByteBuffer file = ByteBuffer.wrap(classFile.clone());
        int count = Short.toUnsignedInt(file.getShort(COUNT_AT));
        int[] at = new int[count];
        int end = POOL_AT;
        for (int i = 1; i < count; i++) {
            at[i] = end;
            int tag = file.get(end);
            // Numbers of 8 bytes take two places.
            i += tag == 5 || tag == 6 ? 1 : 0;
            end += length(file, end, tag);
        }
        Map<String, Integer> added = new LinkedHashMap<>();
        for (int i = 1; i < count; i++) {
            if (at[i] != 0 && file.get(at[i]) == 10) {
                int owner = Short.toUnsignedInt(file.getShort(at[i] + 1));
                int named = Short.toUnsignedInt(file.getShort(at[i] + 3));
                String method = text(file, at, Short.toUnsignedInt(file.getShort(at[owner] + 1)))
                        + '.'
                        + text(file, at, Short.toUnsignedInt(file.getShort(at[named] + 1)));
                String target = targets.get(method);
                if (target != null) {
                    int place = added.computeIfAbsent(target, first -> count + 2 * added.size() + 1);
                    file.putShort(at[i] + 1, (short) place);
                }
            }
        }
        return added.isEmpty() ? classFile : with(added, file.array(), count, end);
    }

    private static int length(ByteBuffer file, int at, int tag) {
        return switch (tag) {
            case 1 -> 3 + Short.toUnsignedInt(file.getShort(at + 1));
            case 5, 6 -> 9;
            case 7, 8, 16, 19, 20 -> 3;
            case 15 -> 4;
            default -> 5;
        };
    }

    private static String text(ByteBuffer file, int[] at, int index) {
        int length = Short.toUnsignedInt(file.getShort(at[index] + 1));
        return new String(file.array(), at[index] + 3, length, StandardCharsets.UTF_8);
    }

    /** Each class comes as its name and a reference to that, behind all that was there. */
    private static byte[] with(Map<String, Integer> added, byte[] file, int count, int end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(file.length + 100);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(file, 0, COUNT_AT);
            out.writeShort(count + 2 * added.size());
            out.write(file, POOL_AT, end - POOL_AT);
            for (Map.Entry<String, Integer> target : added.entrySet()) {
                out.writeByte(1);
                out.writeUTF(target.getKey());
                out.writeByte(7);
                out.writeShort(target.getValue() - 1);
            }
            out.write(file, end, file.length - end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
