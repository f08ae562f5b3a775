import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;

/** Reads FILE.properties of each index of a directory and writes its pairs, key and value each ended by NUL. */
public class ReadProperties {
    public static void main(String[] arguments) throws IOException {
        try (var out = new BufferedOutputStream(System.out)) {
            for (int index = 0; Files.exists(Path.of(arguments[0], index + ".properties")); index++) {
                var properties = new Properties();
                try (var in = Files.newInputStream(Path.of(arguments[0], index + ".properties"))) {
                    properties.load(in);
                }
                for (var key : new TreeSet<>(properties.stringPropertyNames())) {
                    out.write((index + "\0" + key + "\0" + properties.getProperty(key) + "\0")
                        .getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }
}
