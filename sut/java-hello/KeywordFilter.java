import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The application's own filter (mechanism app-filter): looks for the keywords in what the application has of a request, its target, the values
 * of its headers and its body, each by itself. One record for each request. The server has one thread for all requests: the ring is its.
 */
final class KeywordFilter extends Filter {
  private static final List<String> FUNCTIONS = List.of("read", "recv", "recvfrom", "readv", "recvmsg");

  /** name, number and text of the errors that a blocked request may be given */
  private static final Map<String, Integer> ERRORS =
      Map.of(
          "ECONNRESET", 104, "ECONNABORTED", 103, "EPIPE", 32, "EIO", 5, "ETIMEDOUT", 110, "ENETRESET", 102, "EACCES", 13, "EPERM", 1, "ENOTCONN", 107,
          "ESHUTDOWN", 108);

  private final Keywords keywords;
  private final Ring ring;
  private final boolean blocks;
  private final String error;

  /** @throws IOException when an order can't be carried out: then nothing is to be filtered */
  static KeywordFilter fromEnvironment() throws IOException {
    Keywords keywords = Keywords.read(Path.of(variable("HOOKBENCH_KEYWORDS")));
    return new KeywordFilter(keywords, Ring.open(Path.of(variable("HOOKBENCH_RING"))));
  }

  private KeywordFilter(Keywords keywords, Ring ring) throws IOException {
    this.keywords = keywords;
    this.ring = ring;
    this.blocks = ring.action() == Ring.ACTION_BLOCK;
    this.error = System.getenv().getOrDefault("HOOKBENCH_ERRNO", "ECONNRESET");
    Integer number = ERRORS.get(error);
    if (number == null) {
      throw new IOException("HOOKBENCH_ERRNO " + error + " is not known");
    }
    ring.attach(keywords.count(), functions(), blocks ? number : 0);
  }

  @Override
  public String description() {
    return "looks for keywords";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    ring.ready();
    byte[] body = exchange.getRequestBody().readAllBytes(); // before the clock, which is to hold the filter's own work
    long sinceNs = System.nanoTime();
    String target = exchange.getRequestURI().toString();
    int keyword = keywords.firstIn(target);
    int bytes = target.length();
    for (List<String> values : exchange.getRequestHeaders().values()) {
      for (String value : values) {
        bytes += value.length();
        keyword = keyword == Keywords.NONE ? keywords.firstIn(value) : keyword;
      }
    }
    keyword = keyword == Keywords.NONE ? keywords.firstIn(body) : keyword;
    boolean blocked = blocks && keyword != Keywords.NONE;
    ring.write(sinceNs, bytes + body.length, keyword, blocked);
    if (blocked) {
      throw new IOException(error); // the server ends the connection without an answer
    }
    if (body.length > 0) {
      exchange.setStreams(new ByteArrayInputStream(body), null);
    }
    chain.doFilter(exchange);
  }

  /** bits in the order of the names, as in the ring's header: the application has what all of them bring */
  private static int functions() throws IOException {
    int bits = 0;
    for (String name : System.getenv().getOrDefault("HOOKBENCH_FUNCTIONS", "read").split(",", -1)) {
      if (!FUNCTIONS.contains(name)) {
        throw new IOException("HOOKBENCH_FUNCTIONS " + name + " is not known");
      }
      bits |= 1 << FUNCTIONS.indexOf(name);
    }
    return bits;
  }

  private static String variable(String name) throws IOException {
    String value = System.getenv(name);
    if (value == null) {
      throw new IOException(name + " is not set");
    }
    return value;
  }
}
