import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client: reads what is there, answers every request that is complete, and writes when the socket takes it. */
final class Connection {
  private static final int READ_BYTES = 16_384;
  private static final byte[] HEAD =
      "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello World\n".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final ByteBuffer input = ByteBuffer.allocateDirect(READ_BYTES);
  private final Requests requests = new Requests();
  private ByteBuffer output = ByteBuffer.allocateDirect(1024);

  Connection(SocketChannel channel) {
    this.channel = channel;
  }

  /** A connection that fails, a read that a hook fails among that, is ended without an answer. */
  void proceed(SelectionKey key) {
    try {
      boolean open = !key.isReadable() || take();
      write(key);
      if (!open) {
        channel.close();
      }
    } catch (IOException | IllegalArgumentException error) {
      end();
    }
  }

  /** @return false at the end of the stream */
  private boolean take() throws IOException {
    input.clear();
    int bytes = channel.read(input);
    input.flip();
    while (input.hasRemaining()) {
      Requests.Kind complete = requests.take(input);
      if (complete != Requests.Kind.NONE) {
        add(complete == Requests.Kind.HEAD ? HEAD : ANSWER);
      }
    }
    return bytes >= 0;
  }

  private void add(byte[] answer) {
    if (output.remaining() < answer.length) {
      output = ByteBuffer.allocateDirect(2 * output.capacity()).put(output.flip());
    }
    output.put(answer);
  }

  private void write(SelectionKey key) throws IOException {
    if (output.position() > 0) {
      channel.write(output.flip());
      output.compact();
    }
    boolean waiting = output.position() > 0;
    key.interestOps(waiting ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private void end() {
    try {
      channel.close();
    } catch (IOException error) {
      System.err.println("java-nio: can't close a connection: " + error.getMessage());
    }
  }
}
