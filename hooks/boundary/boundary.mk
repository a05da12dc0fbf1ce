# The hooks that work from a process of their own at the system call boundary: the seccomp supervisor, its launcher,
# and the tracer.
BOUNDARY_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -U_FORTIFY_SOURCE
BOUNDARY_HEADERS := $(wildcard boundary/*.h boundary/*/*.h preload/*.h scan/*.h bpf/loader/*.h) abi/record.h
BOUNDARY_SHARED := $(sort $(wildcard boundary/*.c scan/*.c)) bpf/loader/ringfile.c preload/env.c preload/options.c
NOTIFY_SOURCES := $(filter-out boundary/notify/launch.c,$(sort $(wildcard boundary/notify/*.c))) $(BOUNDARY_SHARED)
LAUNCH_SOURCES := boundary/notify/launch.c preload/env.c preload/options.c
TRACE_SOURCES := $(sort $(wildcard boundary/trace/*.c)) $(BOUNDARY_SHARED)
BOUNDARY_PROGRAMS := $(addprefix $(BUILD)/hookbench-,notify notify-launch trace)
BOUNDARY_OBJECTS := $(sort $(patsubst %.c,$(BUILD)/outside/%.o,$(NOTIFY_SOURCES) $(LAUNCH_SOURCES) $(TRACE_SOURCES)))

.PHONY: boundary
boundary: $(BOUNDARY_PROGRAMS)

$(BUILD)/hookbench-notify: $(NOTIFY_SOURCES:%.c=$(BUILD)/outside/%.o)
$(BUILD)/hookbench-notify-launch: $(LAUNCH_SOURCES:%.c=$(BUILD)/outside/%.o)
$(BUILD)/hookbench-trace: $(TRACE_SOURCES:%.c=$(BUILD)/outside/%.o)

$(BOUNDARY_PROGRAMS):
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@.$$$$ $^ -ldl -lpthread && mv -f $@.$$$$ $@

$(BOUNDARY_OBJECTS): $(BUILD)/outside/%.o: %.c $(BOUNDARY_HEADERS) Makefile boundary/boundary.mk
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(BOUNDARY_CFLAGS) -c -o $@.$$$$ $< && mv -f $@.$$$$ $@
