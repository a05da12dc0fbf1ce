import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keyword list as an Aho-Corasick automaton over bytes: one table step a byte, however many keywords there are. Of several matches the one
 * that ends first is taken; of those that end at the same byte, the one that comes first in the file.
 */
final class Keywords {
  static final int NONE = -1;
  private static final int MOST_STATES = 65_536;

  /** row of each state, one cell a class of bytes: bytes in no keyword share class 0 */
  private final char[] next;

  /** index of the keyword found in each state, NONE for none */
  private final int[] found;

  private final byte[] classOf = new byte[256];
  private final int classes;
  private final int count;

  /** One keyword a line, bytes as they are, empty lines left out. */
  static Keywords read(Path file) throws IOException {
    byte[] text = Files.readAllBytes(file);
    List<byte[]> words = new ArrayList<>();
    for (int at = 0, end; at < text.length; at = end + 1) {
      end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      if (end > at) {
        words.add(Arrays.copyOfRange(text, at, end));
      }
    }
    if (words.isEmpty()) {
      throw new IOException("no keyword in " + file);
    }
    return new Keywords(words);
  }

  private Keywords(List<byte[]> words) throws IOException {
    int states = 1;
    boolean[] occurs = new boolean[256];
    for (byte[] word : words) {
      states += word.length;
      for (byte one : word) {
        occurs[one & 0xff] = true;
      }
    }
    int used = 1;
    for (int value = 0; value < 256; value++) {
      classOf[value] = (byte) (occurs[value] ? used++ : 0);
    }
    classes = used;
    count = words.size();
    next = new char[Math.min(states, MOST_STATES) * classes];
    found = new int[Math.min(states, MOST_STATES)];
    Arrays.fill(found, NONE);
    link(insert(words));
  }

  int count() {
    return count;
  }

  /** @return index of the first keyword in these characters, each taken for one byte; NONE for none */
  int firstIn(String text) {
    int state = 0;
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      state = one > 0xff ? 0 : next[state * classes + (classOf[one] & 0xff)];
      if (found[state] != NONE) {
        return found[state];
      }
    }
    return NONE;
  }

  int firstIn(byte[] bytes) {
    int state = 0;
    for (byte one : bytes) {
      state = next[state * classes + (classOf[one & 0xff] & 0xff)];
      if (found[state] != NONE) {
        return found[state];
      }
    }
    return NONE;
  }

  private int insert(List<byte[]> words) throws IOException {
    int states = 1;
    for (int index = 0; index < words.size(); index++) {
      int state = 0;
      for (byte one : words.get(index)) {
        int cell = state * classes + (classOf[one & 0xff] & 0xff);
        if (next[cell] == 0) {
          if (states == MOST_STATES) {
            throw new IOException("too many keywords for " + MOST_STATES + " states");
          }
          next[cell] = (char) states++;
        }
        state = next[cell];
      }
      if (found[state] == NONE) {
        found[state] = index;
      }
    }
    return states;
  }

  /** Breadth first: an empty cell goes where the longest proper suffix goes, and what a suffix finds is found. */
  private void link(int states) {
    int[] suffix = new int[states];
    ArrayDeque<Integer> waiting = new ArrayDeque<>(List.of(0));
    while (!waiting.isEmpty()) {
      int state = waiting.remove();
      for (int one = 0; one < classes; one++) {
        int cell = state * classes + one;
        char behind = state == 0 ? 0 : next[suffix[state] * classes + one];
        int child = next[cell];
        if (child == 0) {
          next[cell] = behind;
          continue;
        }
        suffix[child] = behind;
        found[child] = earlier(found[child], found[behind]);
        waiting.add(child);
      }
    }
  }

  private static int earlier(int a, int b) {
    return a == NONE || (b != NONE && b < a) ? b : a;
  }
}
