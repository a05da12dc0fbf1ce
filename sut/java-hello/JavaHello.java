import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The paper's SUT: answers "Hello World" to any HTTP request, with nothing but the JDK.
 * Listens on HOOKBENCH_LISTEN (none: 127.0.0.1), port HOOKBENCH_PORT (0 or none: any), one line on stdout when ready, ends with 0 at
 * SIGTERM.
 */
public final class JavaHello {
  private static final byte[] BODY = "Hello World\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BACKLOG = 128;
  private static final String NEVER_SECONDS = "1000000";

  /** For tests: where to write how many requests came, and how many of them held that keyword. Constant, so unset it costs nothing. */
  private static final String SEEN_DIR = System.getenv("HOOKBENCH_SUT_SEEN");

  private static final String SEEN_KEYWORD = System.getenv().getOrDefault("HOOKBENCH_SUT_KEYWORD", "");
  private static final AtomicLong requests = new AtomicLong();
  private static final AtomicLong withKeyword = new AtomicLong();

  public static void main(String[] args) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.idleInterval", NEVER_SECONDS);
    Runtime.getRuntime().addShutdownHook(new Thread(JavaHello::end));
    HttpServer server = open();
    HttpContext context = server.createContext("/", JavaHello::answer);
    if ("1".equals(System.getenv("HOOKBENCH_APP_FILTER"))) {
      addFilter(context);
    }
    server.start();
    System.out.println(
        "HOOKBENCH_READY port=" + server.getAddress().getPort() + " pid=" + ProcessHandle.current().pid());
    System.out.flush();
  }

  /** Without it the program runs on, as one whose hook is not live. */
  private static void addFilter(HttpContext context) {
    try {
      context.getFilters().add(KeywordFilter.fromEnvironment());
    } catch (IOException | RuntimeException error) {
      System.err.println("java-hello: not filtering, all requests pass through: " + error.getMessage());
    }
  }

  private static HttpServer open() throws IOException {
    String address = System.getenv().getOrDefault("HOOKBENCH_LISTEN", "127.0.0.1");
    String port = System.getenv().getOrDefault("HOOKBENCH_PORT", "0");
    try {
      return HttpServer.create(new InetSocketAddress(ipv4(address), Integer.parseInt(port)), BACKLOG);
    } catch (IOException | IllegalArgumentException error) {
      System.err.println("java-hello: can't listen on " + address + " port " + port + ": " + error.getMessage());
      Runtime.getRuntime().halt(1);
      throw error;
    }
  }

  /** Digits and dots only: a name would be looked up. */
  private static InetAddress ipv4(String text) throws IOException {
    if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      throw new IOException("HOOKBENCH_LISTEN is not an IPv4 address");
    }
    return InetAddress.getByName(text);
  }

  private static void end() {
    if (SEEN_DIR != null) {
      writeSeen();
    }
    Runtime.getRuntime().halt(0);
  }

  private static void writeSeen() {
    long pid = ProcessHandle.current().pid();
    boolean hooked = System.getenv("HOOKBENCH_RING") != null;
    String line = "requests=" + requests.get() + " keyword=" + withKeyword.get() + " hooked=" + hooked + "\n";
    try {
      Files.writeString(Path.of(SEEN_DIR, "java-hello-" + pid), line);
    } catch (IOException error) {
      System.err.println("java-hello: can't write what was seen: " + error.getMessage());
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    if (SEEN_DIR != null) {
      requests.incrementAndGet();
      if (exchange.getRequestURI().toString().contains(SEEN_KEYWORD)) {
        withKeyword.incrementAndGet();
      }
    }
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(BODY.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, BODY.length);
        exchange.getResponseBody().write(BODY);
      }
    }
  }
}
