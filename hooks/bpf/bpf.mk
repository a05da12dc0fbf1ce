# The kernel programs and their loader, hookbench-bpf. Needs clang (with the bpf target), libbpf-dev 1.0 or newer and libelf; where these
# are missing `all` says so and goes on.
CLANG ?= clang
BPF_ARCH := $(shell uname -m)
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -ffreestanding -DHB_ARCH_$(BPF_ARCH) -Wall -Wextra -Werror -Wno-unused-function \
	$(addprefix -I,$(wildcard /usr/include/$(shell $(CC) -print-multiarch)))
LOADER_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes
LOADER_LIBS := -lbpf -lelf -lz

BPF_HEADERS := $(wildcard bpf/*.h scan/*.h) abi/record.h
BPF_OBJECTS := $(patsubst %.bpf.c,$(BUILD)/%.bpf.o,$(wildcard bpf/*.bpf.c))
LOADER_SOURCES := $(sort $(wildcard bpf/loader/*.c scan/*.c))
LOADER_OBJECTS := $(LOADER_SOURCES:%.c=$(BUILD)/loader/%.o)

.PHONY: bpf bpf-if-possible
bpf: $(BUILD)/hookbench-bpf

bpf-if-possible:
	@if command -v $(CLANG) >/dev/null && echo '#include <bpf/libbpf.h>' | $(CC) -E - >/dev/null 2>&1; \
	then $(MAKE) --no-print-directory bpf; \
	else echo "hookbench-bpf is not built: it needs clang, libbpf-dev, libelf-dev and zlib1g-dev"; fi

$(BUILD)/hookbench-bpf: $(LOADER_OBJECTS)
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@.$$$$ $^ $(LOADER_LIBS) && mv -f $@.$$$$ $@

$(BPF_OBJECTS): $(BUILD)/%.bpf.o: %.bpf.c $(BPF_HEADERS) Makefile bpf/bpf.mk
	@mkdir -p $(@D)
	@echo CLANG $<
	@$(CLANG) $(BPF_CFLAGS) -c -o $@.$$$$ $< && mv -f $@.$$$$ $@

$(LOADER_OBJECTS): $(BUILD)/loader/%.o: %.c $(BPF_HEADERS) $(wildcard bpf/loader/*.h) Makefile bpf/bpf.mk
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(LOADER_CFLAGS) -Wa,-I$(BUILD)/bpf -c -o $@.$$$$ $< && mv -f $@.$$$$ $@

$(BUILD)/loader/bpf/loader/objects.o: $(BPF_OBJECTS)
