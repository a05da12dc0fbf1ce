# The hook by syscall user dispatch: the preload library's hook behind a signal instead of behind libc's functions. x86-64 only.
SUD_SHARED := $(filter-out preload/interpose% preload/real.c,$(PRELOAD_SOURCES))
SUD_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard sud/*.c)) $(SUD_SHARED))

.PHONY: sud
sud: $(BUILD)/libhookbench-sud.so

$(BUILD)/libhookbench-sud.so: $(SUD_OBJECTS)
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) $(subst libhookbench.so,libhookbench-sud.so,$(PRELOAD_LDFLAGS)) -o $@.$$$$ $^ $(PRELOAD_LIBS) && mv -f $@.$$$$ $@

$(BUILD)/sud/%.o: sud/%.c $(PRELOAD_HEADERS) $(wildcard sud/*.h) Makefile sud/sud.mk
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(PRELOAD_CFLAGS) -c -o $@.$$$$ $< && mv -f $@.$$$$ $@
