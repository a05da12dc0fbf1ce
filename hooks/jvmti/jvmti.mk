# The agent for Java programs, libhookbench-jvmti.so. Needs the headers of a JDK, 17 or newer; where there are none `all` says so and goes on.
# JAVA_HOME names the JDK; unset, it is that of javac on the PATH.
JAVA_HOME ?= $(patsubst %/bin/javac,%,$(realpath $(shell command -v javac 2>/dev/null)))
JVMTI_CPPFLAGS = -isystem $(JAVA_HOME)/include -isystem $(JAVA_HOME)/include/linux

# the library's own files but for what interposes
JVMTI_SHARED := $(addprefix preload/,attach clock env fdtable options orders process real ring ring_claim ring_file scanner scattered teddy_build \
	teddy_ssse3 teddy_avx2 teddy_avx512)
JVMTI_SOURCES := $(sort $(wildcard jvmti/*.c))
JVMTI_OBJECTS := $(JVMTI_SOURCES:%.c=$(BUILD)/%.o) $(JVMTI_SHARED:%=$(BUILD)/%.o) $(filter $(BUILD)/scan/%,$(PRELOAD_OBJECTS))

.PHONY: jvmti jvmti-if-possible
jvmti: $(BUILD)/libhookbench-jvmti.so

jvmti-if-possible:
	@if test -f "$(JAVA_HOME)/include/jvmti.h"; then $(MAKE) --no-print-directory jvmti; \
	else echo "hookbench-jvmti is not built: it needs a JDK, 17 or newer (openjdk-17-jdk-headless)"; fi

$(BUILD)/libhookbench-jvmti.so: $(JVMTI_OBJECTS)
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) $(patsubst %libhookbench.so,%libhookbench-jvmti.so,$(PRELOAD_LDFLAGS)) -o $@.$$$$ $^ $(PRELOAD_LIBS) && mv -f $@.$$$$ $@

$(JVMTI_SOURCES:%.c=$(BUILD)/%.o): $(BUILD)/%.o: %.c $(wildcard jvmti/*.h) $(PRELOAD_HEADERS) Makefile jvmti/jvmti.mk
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(JVMTI_CPPFLAGS) $(CFLAGS) $(PRELOAD_CFLAGS) -c -o $@.$$$$ $< && mv -f $@.$$$$ $@
