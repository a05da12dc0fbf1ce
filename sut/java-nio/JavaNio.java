import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/**
 * A server as Netty and Tomcat are built: one thread, one selector, non-blocking channels read into direct buffers, keep-alive. Answers
 * "Hello World" to any HTTP request. Listens on HOOKBENCH_LISTEN (none: 127.0.0.1), port HOOKBENCH_PORT (0 or none: any), one line on stdout
 * when ready, ends with 0 at SIGTERM.
 */
public final class JavaNio {
  private static final int BACKLOG = 128;

  public static void main(String[] args) throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));
    Selector selector = Selector.open();
    ServerSocketChannel server = open();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    System.out.println(
        "HOOKBENCH_READY port=" + server.socket().getLocalPort() + " pid=" + ProcessHandle.current().pid());
    System.out.flush();
    while (true) {
      selector.select();
      for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
        serve(selector, keys.next());
      }
    }
  }

  private static void serve(Selector selector, SelectionKey key) throws IOException {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof Connection connection) {
      connection.proceed(key);
      return;
    }
    SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
    if (accepted == null) {
      return;
    }
    accepted.configureBlocking(false);
    accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
    accepted.register(selector, SelectionKey.OP_READ, new Connection(accepted));
  }

  private static ServerSocketChannel open() throws IOException {
    String address = System.getenv().getOrDefault("HOOKBENCH_LISTEN", "127.0.0.1");
    String port = System.getenv().getOrDefault("HOOKBENCH_PORT", "0");
    try {
      ServerSocketChannel server = ServerSocketChannel.open();
      return server.bind(new InetSocketAddress(ipv4(address), Integer.parseInt(port)), BACKLOG);
    } catch (IOException | IllegalArgumentException error) {
      System.err.println("java-nio: can't listen on " + address + " port " + port + ": " + error.getMessage());
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
}
