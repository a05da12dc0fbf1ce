# The same library for programs that run on musl (Alpine). Needs musl's headers and its compiler's wrapper (apt-get install musl-tools); where
# they are missing `all` says so and goes on.
MUSL_CC ?= musl-gcc
MUSL_OBJECTS := $(PRELOAD_SOURCES:%.c=$(BUILD)/musl/%.o)
# It names no libc: musl's has other file names on other systems, and in a program on glibc, whose loader would end it for a libc that it does not
# find, the library is to say that it hooks nothing. So it is linked twice, and the first time shows that musl has all it needs.
MUSL_LDFLAGS := $(subst libhookbench.so,libhookbench-musl.so,$(PRELOAD_LDFLAGS))
MUSL_NO_LIBC := -nodefaultlibs -Wl,-z,undefs

.PHONY: musl musl-if-possible
musl: $(BUILD)/libhookbench-musl.so

musl-if-possible:
	@if [ -n "$$(command -v $(MUSL_CC))" ]; then $(MAKE) --no-print-directory musl; \
	else echo "libhookbench-musl.so is not built: no $(MUSL_CC) (apt-get install musl-tools)"; fi

$(BUILD)/libhookbench-musl.so: $(MUSL_OBJECTS)
	@echo LD $@
	@$(MUSL_CC) $(CFLAGS) $(LDFLAGS) $(MUSL_LDFLAGS) -o $@.$$$$ $^ && \
	$(MUSL_CC) $(CFLAGS) $(LDFLAGS) $(MUSL_LDFLAGS) $(MUSL_NO_LIBC) -o $@.$$$$ $^ -lgcc && mv -f $@.$$$$ $@

$(MUSL_OBJECTS): $(BUILD)/musl/%.o: %.c $(PRELOAD_HEADERS) Makefile preload/musl.mk
	@mkdir -p $(@D)
	@echo CC $< for musl
	@$(MUSL_CC) $(CPPFLAGS) $(CFLAGS) $(PRELOAD_CFLAGS) -c -o $@.$$$$ $< && mv -f $@.$$$$ $@
