import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes one ring of a ring file, whose layout is that of hooks/abi/record.h, for the one thread that calls `ready` and `write`. It never
 * waits: when the ring is full the oldest record is overwritten, and counted.
 */
final class Ring {
  static final int ACTION_BLOCK = 2;

  private static final long MAGIC = 0x31474e5252424b48L;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 4096;
  private static final int RING_BYTES = 128;
  private static final int RECORD_BYTES = 32;
  private static final int PAGE_BYTES = 4096;
  private static final int MOST_SLOTS = 65_536;
  private static final int MOST_CAPACITY = 1 << 24;
  private static final int NO_KEYWORD = 0xffff;
  private static final int FLAG_HIT = 1;
  private static final int FLAG_BLOCKED = 2;
  private static final int NO_DESCRIPTOR = -1;
  private static final int ALGORITHM_AC = 1;
  private static final int CLOCK_MONOTONIC = 1;

  private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Path file;

  /** the header and what is counted of each ring */
  private final ByteBuffer counters;

  private final int slots;
  private final int capacity;
  private final int pid = Math.toIntExact(ProcessHandle.current().pid());

  /** of our ring: where it is among the counters, and its records; null until it is claimed */
  private int ring;

  private ByteBuffer records;
  private int thread;

  /** @throws IOException when it is no ring file of this version */
  static Ring open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() < HEADER_BYTES) {
        throw new IOException(file + " is not a ring file");
      }
      ByteBuffer header = map(channel, 0, HEADER_BYTES);
      int slots = header.getInt(16);
      int capacity = header.getInt(20);
      boolean known =
          (long) LONGS.getAcquire(header, 0) == MAGIC
              && header.getInt(8) == VERSION
              && header.getInt(12) == HEADER_BYTES
              && header.getInt(24) == RECORD_BYTES;
      boolean sized = slots > 0 && slots <= MOST_SLOTS && Integer.bitCount(capacity) == 1 && capacity <= MOST_CAPACITY;
      if (!known || !sized || channel.size() < recordsAt(slots, slots, capacity)) {
        throw new IOException(file + " is not a ring file of version " + VERSION);
      }
      return new Ring(file, map(channel, 0, HEADER_BYTES + (long) slots * RING_BYTES), slots, capacity);
    }
  }

  private Ring(Path file, ByteBuffer counters, int slots, int capacity) {
    this.file = file;
    this.counters = counters;
    this.slots = slots;
    this.capacity = capacity;
  }

  int action() {
    return counters.getInt(28);
  }

  /** Tells in the header what is done; `attached` comes last, and says that all the rest is true. */
  void attach(int keywords, int functions, int blockErrno) {
    counters.putInt(36, pid);
    counters.putInt(40, keywords);
    counters.putInt(44, ALGORITHM_AC);
    counters.putInt(64, functions);
    counters.putInt(68, ALGORITHM_AC);
    counters.putInt(72, CLOCK_MONOTONIC);
    counters.putInt(76, blockErrno);
    INTS.setRelease(counters, 32, 1);
  }

  /** Takes the first ring that is free, once: before the clock, so that the first request does not show what that costs. */
  void ready() throws IOException {
    if (records == null) {
      thread = threadId();
      int slot = claim();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer mapped = map(channel, recordsAt(slots, slot, capacity), (long) capacity * RECORD_BYTES);
        for (int at = 0; at < mapped.capacity(); at += PAGE_BYTES) {
          mapped.put(at, (byte) 0); // no record pays a page fault
        }
        ring = HEADER_BYTES + slot * RING_BYTES;
        counters.putInt(ring + 76, counters.getInt(ring + 76) + 1);
        records = mapped;
      }
    }
  }

  /** @param sinceNs System.nanoTime(), which is CLOCK_MONOTONIC, when the work began @param keyword its index, Keywords.NONE for none */
  void write(long sinceNs, int bytes, int keyword, boolean blocked) {
    boolean hit = keyword != Keywords.NONE;
    long head = counters.getLong(ring);
    int at = (int) (head & (capacity - 1)) * RECORD_BYTES;
    if (head - (long) LONGS.getOpaque(counters, ring + 8) >= capacity) {
      add(16, 1);
    }
    records.putLong(at, sinceNs);
    records.putInt(at + 12, pid);
    records.putInt(at + 16, thread);
    records.putInt(at + 20, NO_DESCRIPTOR);
    records.putInt(at + 24, bytes);
    records.putShort(at + 28, (short) (hit ? keyword : NO_KEYWORD));
    records.put(at + 30, (byte) ((hit ? FLAG_HIT : 0) | (blocked ? FLAG_BLOCKED : 0)));
    records.put(at + 31, (byte) VERSION);
    add(24, 1);
    add(32, bytes);
    add(40, hit ? 1 : 0);
    add(48, blocked ? 1 : 0);
    records.putInt(at + 8, (int) Math.min(System.nanoTime() - sinceNs, 0xffff_ffffL));
    LONGS.setRelease(counters, ring, head + 1);
  }

  private void add(int counter, long by) {
    counters.putLong(ring + counter, counters.getLong(ring + counter) + by);
  }

  private int claim() throws IOException {
    for (int slot = 0; slot < slots; slot++) {
      if (INTS.compareAndSet(counters, HEADER_BYTES + slot * RING_BYTES + 72, 0, thread)) {
        return slot;
      }
    }
    throw new IOException("all rings are taken");
  }

  private static long recordsAt(int slots, int slot, int capacity) {
    long counted = HEADER_BYTES + (long) slots * RING_BYTES;
    return (counted + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES + (long) slot * capacity * RECORD_BYTES;
  }

  private static ByteBuffer map(FileChannel channel, long from, long bytes) throws IOException {
    return channel.map(MapMode.READ_WRITE, from, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** the kernel's number of this thread: /proc/thread-self is PID/task/TID */
  private static int threadId() throws IOException {
    return Integer.parseInt(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
  }
}
