# The addon for hooks in JavaScript, hookbench-node.node. Needs Node's headers: beside node itself, or Debian's libnode-dev; where these
# are missing `all` says so and goes on. Node-API: built once, loaded by every Node from 18 on.
NODE ?= node
NODE_HEADERS := $(firstword $(wildcard $(addsuffix /node_api.h,$(dir $(shell $(NODE) -p process.execPath 2>/dev/null))../include/node /usr/include/node)))
NODE_CFLAGS := -std=gnu11 -fPIC -fvisibility=hidden -U_FORTIFY_SOURCE -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	$(addprefix -isystem ,$(patsubst %/,%,$(dir $(NODE_HEADERS))))
# Never unloaded: threads that end give back their ring by a function of it.
NODE_LDFLAGS := -shared -Wl,-z,now -Wl,-z,relro -Wl,-z,nodelete

# what it has in common with the preload library: the ring, and the words of the environment
NODE_SOURCES := $(sort $(wildcard node/*.c scan/*.c)) \
	$(addprefix preload/,ring.c ring_claim.c ring_file.c process.c options.c orders.c env.c)
NODE_OBJECTS := $(NODE_SOURCES:%.c=$(BUILD)/node/%.o)

.PHONY: node node-if-possible
node: $(BUILD)/hookbench-node.node

node-if-possible:
	@if [ -n "$(NODE_HEADERS)" ]; then $(MAKE) --no-print-directory node; \
	else echo "hookbench-node.node is not built: no node_api.h beside node and none in /usr/include/node"; fi

$(BUILD)/hookbench-node.node: $(NODE_OBJECTS)
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) $(NODE_LDFLAGS) -o $@.$$$$ $^ -lpthread -ldl && mv -f $@.$$$$ $@

$(NODE_OBJECTS): $(BUILD)/node/%.o: %.c $(PRELOAD_HEADERS) $(wildcard node/*.h) Makefile node/node.mk
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(NODE_CFLAGS) -c -o $@.$$$$ $< && mv -f $@.$$$$ $@
