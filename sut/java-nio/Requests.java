import java.nio.ByteBuffer;
import java.util.Locale;

/** Cuts a stream into HTTP requests: heads, and bodies by their length or in chunks. What is no request is an IllegalArgumentException. */
final class Requests {
  enum Kind {
    NONE,
    HEAD,
    OTHER
  }

  private static final int MOST_LINE_BYTES = 65_536;

  private enum Part {
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    TRAILER
  }

  private Part part = Part.HEAD;
  private final StringBuilder line = new StringBuilder();
  private boolean first = true;
  private boolean isHead;
  private boolean chunked;
  private long left;

  /** Takes bytes up to the end of a request, or all. @return which kind of request is complete */
  Kind take(ByteBuffer input) {
    while (input.hasRemaining()) {
      if (part == Part.BODY || part == Part.CHUNK) {
        int skipped = (int) Math.min(left, input.remaining());
        input.position(input.position() + skipped);
        left -= skipped;
        if (left == 0 && part == Part.BODY) {
          return complete();
        }
        part = left == 0 ? Part.CHUNK_SIZE : part;
      } else if (isLine(input.get()) && endsRequest()) {
        return complete();
      }
    }
    return Kind.NONE;
  }

  /** @return true when this byte ends a line, which is then in `line`, without its end */
  private boolean isLine(byte one) {
    if (one != '\n') {
      if (line.length() == MOST_LINE_BYTES) {
        throw new IllegalArgumentException("a line is too long");
      }
      line.append((char) (one & 0xff));
      return false;
    }
    if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return true;
  }

  /** What a line says, by where it stands. @return true when the request is complete with it */
  private boolean endsRequest() {
    boolean isEmpty = line.length() == 0;
    boolean ends = false;
    if (part == Part.HEAD && first && !isEmpty) {
      isHead = line.indexOf("HEAD ") == 0;
      first = false;
    } else if (part == Part.HEAD && !isEmpty) {
      header(line.toString());
    } else if (part == Part.HEAD && !first) {
      part = chunked ? Part.CHUNK_SIZE : Part.BODY;
      ends = !chunked && left == 0;
    } else if (part == Part.CHUNK_SIZE) {
      chunk(line.toString());
    } else if (part == Part.TRAILER) {
      ends = isEmpty;
    }
    line.setLength(0);
    return ends;
  }

  private void header(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (name.equals("content-length")) {
      left = size(text.substring(colon + 1).strip(), 10);
    } else if (name.equals("transfer-encoding")) {
      chunked = true;
    }
  }

  /** A chunk's data are followed by the end of a line, which counts as part of them. */
  private void chunk(String text) {
    long size = size(text.split(";", 2)[0].strip(), 16);
    left = size + 2;
    part = size == 0 ? Part.TRAILER : Part.CHUNK;
  }

  private static long size(String text, int radix) {
    long size = Long.parseLong(text, radix);
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("not a size: " + text);
    }
    return size;
  }

  private Kind complete() {
    Kind kind = isHead ? Kind.HEAD : Kind.OTHER;
    part = Part.HEAD;
    first = true;
    chunked = false;
    left = 0;
    return kind;
  }
}
